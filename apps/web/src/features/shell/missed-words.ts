import type { LiveTick } from '@holdfast/store/contracts'
import { ageText } from '#ui/format/duration.ts'
import { counted } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { roleOf } from './source-figures.ts'

type Missed = LiveTick['missed'][number]

/** `gw-2 has been silent for 14 s.` */
export function silenceText(id: string, { sources }: Pick<LiveTick, 'sources'>, now: number): string {
  const heardAt = sources.find((source) => source.id === id)?.observedAt ?? null
  return `${processName(id)} has been silent${heardAt === null || now === 0 ? '' : ` for ${ageText(now - Date.parse(heardAt))}`}.`
}

/** What is unknown because of it, in its true numbers: `Its 388 sessions are Unknown.` */
export function lossText({ id, sessions, partitions, detached = 0 }: Missed): string {
  if (sessions > 0) return `Its ${counted(sessions, 'session')} ${sessions === 1 ? 'is' : 'are'} Unknown.`
  if (partitions > 0)
    return `It held no session that is known. Nobody holds its ${counted(partitions, 'partition')} now.`
  if (detached > 0)
    return `Its ${counted(detached, 'session')} ${detached === 1 ? 'is' : 'are'} detached. No other ${roleOf(id) ?? 'process'} answers.`
  return `It held no session. No other ${roleOf(id) ?? 'process'} answers.`
}

/** The same of several. Counted at each of them, a session that lies at two would be there twice; one is detached of one gateway. */
export function lossOfMany(missed: readonly Missed[]): string {
  const sessions = Math.max(...missed.map((each) => each.sessions))
  const detached = missed.reduce((sum, each) => sum + (each.detached ?? 0), 0)
  if (sessions > 0) return `Their sessions are Unknown, ${counted(sessions, 'session')} at least.`
  if (detached > 0) return `Their ${counted(detached, 'session')} ${detached === 1 ? 'is' : 'are'} detached.`
  return 'They held no session that is known.'
}
