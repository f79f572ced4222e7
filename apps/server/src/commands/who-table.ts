import type { SessionRecord } from '@holdfast/store/contracts'
import { isAdmitted } from '../sessions/admitted.ts'
import { PLAYER_NAME_LENGTH_MAX } from '../world/names.ts'
import { DOING_KEY } from './reserved-meta.ts'

const SECOND_MS = 1_000
const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400

const two = (value: number): string => String(value).padStart(2, '0')
const secondsOf = (ms: number): number => Math.max(0, Math.floor(ms / SECOND_MS))

/** How long somebody is on, as PennMUSH writes it: `00:12` (hours and minutes), `1d 02:03`. */
export function formatOnFor(ms: number): string {
  const seconds = secondsOf(ms)
  const days = Math.floor(seconds / DAY_S)
  const clock = `${two(Math.floor((seconds % DAY_S) / HOUR_S))}:${two(Math.floor((seconds % HOUR_S) / MINUTE_S))}`
  return days > 0 ? `${days}d ${clock}` : clock
}

/** How long somebody has been idle, in the largest unit that fits: `0s`, `12s`, `1m`, `2h`, `1d`. */
export function formatIdle(ms: number): string {
  const seconds = secondsOf(ms)
  if (seconds >= DAY_S) return `${Math.floor(seconds / DAY_S)}d`
  if (seconds >= HOUR_S) return `${Math.floor(seconds / HOUR_S)}h`
  if (seconds >= MINUTE_S) return `${Math.floor(seconds / MINUTE_S)}m`
  return `${seconds}s`
}

export interface WhoQuestion {
  /** Epoch ms. */
  at: number
  /** Who asks: not idle, and a wizard sees who hides. */
  viewer: SessionRecord
  /** Only names that begin so. */
  prefix: string
}

/** How many lines a list may have; the count below it is of all. */
const LINES_MAX = 500

/** The sessions that WHO is about, the latest first. */
export function sessionsShown(all: readonly SessionRecord[], { viewer, prefix }: WhoQuestion): SessionRecord[] {
  const seesHidden = viewer.wizard && viewer.loginState === 'loggedIn'
  return all
    .filter((each) => isAdmitted(each) && (!each.hidden || seesHidden || each.sid === viewer.sid))
    .filter((each) => (each.playerName ?? '').toLowerCase().startsWith(prefix.toLowerCase()))
    .sort((a, b) => b.connectedAt - a.connectedAt || b.handle - a.handle)
}

export function idleMs(session: SessionRecord, { at, viewer }: Pick<WhoQuestion, 'at' | 'viewer'>): number {
  return session.sid === viewer.sid ? 0 : at - (session.lastConnectionSignal ?? session.connectedAt)
}

/** WHO, in PennMUSH's columns. */
export function whoTable(all: readonly SessionRecord[], question: WhoQuestion): string {
  const shown = sessionsShown(all, question)
  const line = (name: string, onFor: string, idle: string, mark: string, doing: string): string =>
    `${name.padEnd(PLAYER_NAME_LENGTH_MAX)} ${onFor.padStart(10)}   ${idle.padStart(4)}${mark} ${doing}`.trimEnd()
  const rows = shown.slice(0, LINES_MAX).map((each) => {
    const onFor = formatOnFor(question.at - each.connectedAt)
    const idle = formatIdle(idleMs(each, question))
    return line(each.playerName ?? '', onFor, idle, each.hidden ? 'H' : ' ', each.meta[DOING_KEY] ?? '')
  })
  const more = shown.length > LINES_MAX ? [`(${shown.length - LINES_MAX} more)`] : []
  return [line('Player Name', 'On For', 'Idle', ' ', 'Doing'), ...rows, ...more, countLine(shown.length)].join('\n')
}

function countLine(count: number): string {
  if (count === 0) return 'There are no players connected.'
  return count === 1 ? 'There is 1 player connected.' : `There are ${count} players connected.`
}
