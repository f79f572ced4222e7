/** Where the way to the game stands. */
export type LinkState =
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open'; attempt: number }
  /** `until`: when it is tried again, ms of the clock's `monotonic`. */
  | { kind: 'waiting'; attempt: number; until: number; why: Lost }
  /** Nothing is tried until the player asks for it. */
  | { kind: 'over'; why: string; isRefused: boolean }

/** `away`: no gateway has answered. `moved`: the gateway said to come again. */
export type Lost = 'lost' | 'away' | 'moved'

/** What is known when a connection ends. */
export interface Ending {
  code: number
  /** What the gateway said before, if it did. */
  bye: string | null
  reconnectAfterMs: number | null
  /** How long it was open; null where it never was. */
  openMs: number | null
}

const FIRST_WAIT_MS = 1_000
const WAIT_MAX_MS = 30_000
/** A connection that lasted this long was a good one: the next trouble is a new one. */
const GOOD_AFTER_MS = 10_000

const OVER: ReadonlyMap<string, string> = new Map(
  Object.entries({
    quit: 'You have left the game.',
    logout: 'You have left the game.',
    boot: 'You were disconnected by the game.',
    replaced: 'You are connected from elsewhere.',
    idle: 'You were idle for too long.',
    'login-timeout': 'You took too long to log in.',
    slow: 'Your connection was too slow for what is happening in the game.',
    flood: 'You sent more than the game can take.',
    'too-many': 'Too many connections from your address.',
  }),
)
const REFUSALS: ReadonlySet<string> = new Set(['too-many'])
const TOO_BIG = 1009
const LEASE_LOST = 4008
const TOO_SLOW = 4009
const OVER_CODES: ReadonlyMap<number, string> = new Map([
  [TOO_SLOW, 'Your connection was too slow for what is happening in the game.'],
  [TOO_BIG, 'Your line was too long for the game.'],
])

/**
 * What follows a connection's end. After a `bye` nobody comes back by himself; after all else it is tried again, each time later, up
 * to half a minute, and at a moment of its own, so that not all come at once. `random`: 0 to 1.
 */
export function afterEnding(ending: Ending, attempt: number, now: number, random: number): LinkState {
  const { code, bye, reconnectAfterMs, openMs } = ending
  const over = bye === null ? OVER_CODES.get(code) : (OVER.get(bye) ?? 'The game has closed the connection.')
  if (over !== undefined) return { kind: 'over', why: over, isRefused: bye !== null && REFUSALS.has(bye) }
  const next = openMs !== null && openMs >= GOOD_AFTER_MS ? 1 : attempt + 1
  // The first time, a gateway's own moment is the best one; where that did not help, each is later than the last.
  const waitMs =
    reconnectAfterMs !== null && next === 1
      ? reconnectAfterMs
      : Math.max(reconnectAfterMs ?? 0, backOffMs(next, random))
  const isMoved = reconnectAfterMs !== null || code === LEASE_LOST
  const why: Lost = openMs === null ? 'away' : isMoved ? 'moved' : 'lost'
  return { kind: 'waiting', attempt: next, until: now + waitMs, why }
}

/** Half of it sure, half by chance. */
export function backOffMs(attempt: number, random: number): number {
  const most = Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.round(most / 2 + (most / 2) * random)
}

const LOST: Readonly<Record<Lost, string>> = {
  lost: 'Connection lost.',
  away: 'The game does not answer.',
  moved: 'The game asks you to connect again.',
}

/** The state in words. Seconds are left out for who is told of changes only (`isBrief`). */
export function linkWords(state: LinkState, now: number, isBrief = false): string {
  switch (state.kind) {
    case 'connecting':
      return state.attempt > 1 ? 'Connecting again' : 'Connecting'
    case 'open':
      return 'Connected'
    case 'waiting': {
      const seconds = Math.max(1, Math.ceil((state.until - now) / 1_000))
      return `${LOST[state.why]} Trying again${isBrief ? '' : ` in ${seconds} s`}`
    }
    case 'over':
      return state.isRefused ? `Refused: ${state.why}` : state.why
  }
}
