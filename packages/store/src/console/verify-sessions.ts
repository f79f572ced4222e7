import type { Clock } from '@holdfast/runtime'
import type { Sid } from '../contracts/index.ts'
import type { ConsoleModel } from './console-model.ts'
import type { Judged } from './judgement.ts'
import { isWrong } from './session-table.ts'

const LOOK_MS = 100
const SHARE = 500
/**
 * What changed in a memory is published within a second: a difference that is seen sooner may be of before the call. Agreement
 * needs no such patience, for a copy from before would differ.
 */
const PUBLISHED_MS = 1_500

/** How the copies of a session stand after all of them were read again. */
export type Verification =
  | { kind: 'agrees' }
  /** Also what is still on its way when the time is up. */
  | { kind: 'differs'; state: 'settling' | 'drifted' | 'missing' | 'ghost'; fields: string[] }
  /** A copy could not be read within the time. */
  | { kind: 'unknown'; reason: string }
  /** No copy has it any more. */
  | { kind: 'gone' }

export interface VerifyOptions {
  model: ConsoleModel
  clock: Clock
  sids: readonly Sid[]
  deadlineMs: number
  /** Ends the waiting: what is not decided by then is unknown. */
  signal: AbortSignal
}

/**
 * Reads every copy of the sessions again and waits until they agree, or for as long as it may: a memory's copy counts once its
 * process has been heard since the call, Redis's once it was read since. What merely settles is waited for.
 */
export async function verifySessions(options: VerifyOptions): Promise<Map<Sid, Verification>> {
  const { model, clock, sids, deadlineMs, signal } = options
  const since = clock.monotonic()
  const until = since + deadlineMs
  const verified = new Map<Sid, Verification>()
  const open = new Set(sids)
  for (;;) {
    const isLast = signal.aborted || clock.monotonic() >= until
    const look = model.look()
    // A mass command names thousands: a share of them at each look, every one in its turn.
    for (const sid of [...open].slice(0, isLast ? open.size : SHARE)) {
      open.delete(sid)
      if ((model.copies.get(sid)?.redis?.readAt ?? since) <= since) model.schedule.hurry(sid)
      const found = model.judgeNow(sid, look)
      const verification: Verification | null = found ? verificationOf(found.judged, since, isLast) : { kind: 'gone' }
      if (verification) verified.set(sid, verification)
      else open.add(sid)
    }
    if (isLast || open.size === 0) return verified
    await clock.sleep(LOOK_MS, signal).catch(() => undefined) // aborted: looked at for the last time
  }
}

/** Null while it is worth waiting. */
function verificationOf({ readings, verdict }: Judged, since: number, isLast: boolean): Verification | null {
  const copies = Object.values(readings.copies)
  const isReadSince = (time: number): boolean =>
    copies.every((copy) => copy.kind === 'unknown' || copy.observedAt > time)
  const { state, fields } = verdict
  if ((state === 'in-sync' || state === 'ignored') && isReadSince(since)) {
    return copies.every((copy) => copy.kind === 'absent') ? { kind: 'gone' } : { kind: 'agrees' }
  }
  const isCertain = isWrong(state) && isReadSince(since + PUBLISHED_MS)
  if (!isCertain && !isLast) return null
  if (state === 'drifted' || state === 'missing' || state === 'ghost' || state === 'settling')
    return { kind: 'differs', state, fields: fields.filter((each) => each.state === state).map(({ name }) => name) }
  const unread = copies.find((copy) => copy.kind === 'unknown')
  return { kind: 'unknown', reason: unread?.kind === 'unknown' ? unread.reason : 'not read again in time' }
}
