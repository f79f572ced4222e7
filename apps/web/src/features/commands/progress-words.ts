import type { Command } from '@holdfast/store/contracts'
import { ageText } from '#ui/format/duration.ts'
import { countText, rateText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { isOver } from './command-words.ts'

type Progress = NonNullable<Command['progress']>

/** Within less than this a rate means nothing. */
const RATE_FROM_MS = 1_000

/** To how many it came: whom it left out has a result too, but is no progress. */
export const reachedOf = ({ progress, results }: Pick<Command, 'progress' | 'results'>): number =>
  (progress?.ended ?? 0) - results.filter(({ outcome }) => outcome === 'skipped').length

/** `120 of 1,204, 48 per s`; when all have answered, or were left out, in how long: `1,204 of 1,204 in 25 s`. */
export function progressText({ total, ended, begunAt, lastAt }: Progress, reached: number): string {
  const counts = `${countText(reached)} of ${countText(total)}`
  const tookMs = lastAt === null ? 0 : Date.parse(lastAt) - Date.parse(begunAt)
  if (tookMs < RATE_FROM_MS) return counts
  return ended >= total
    ? `${counts} in ${ageText(tookMs)}`
    : `${counts}, ${rateText(Math.round((reached * 1_000) / tookMs))} per s`
}

export const stoppedText = ({ by, at }: NonNullable<Command['stop']>): string =>
  `${visibleText(by)} has it stopped at ${timeText(at)}.`

/** Why a command cannot be stopped; null: it can. Only what ends or rewrites sessions is given to them one after the other. */
export function stopOff(command: Command): string | null {
  const { type, progress, stop } = command
  if (type !== 'disconnect' && type !== 'reconcile') return 'It goes to all at once.'
  if (stop) return 'It is being stopped.'
  return isOver(command) || !progress || progress.ended >= progress.total ? 'It is over.' : null
}

/** Whom a command was for and has done nothing: it failed on them, or was stopped before them. Nobody while it is under way. */
export function undoneOf(command: Command): { failed: Command['results']; left: Command['results'] } {
  const results = isOver(command) && command.dryRun !== true ? command.results : []
  return {
    failed: results.filter(({ outcome }) => outcome === 'refused' || outcome === 'no-answer'),
    left: results.filter(({ outcome }) => outcome === 'skipped'),
  }
}
