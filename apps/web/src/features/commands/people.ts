import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { visibleText } from '#ui/format/visible-text.ts'

/** Who is on a session, as far as a wizard who acts on it must know. */
export type Person = Pick<SessionRow, 'sid' | 'handle' | 'player'>

/** Somebody else is on the session than the wizard saw there; `now.player` null: nobody is logged in on it any more. */
export interface Replaced {
  seen: Person
  now: Person
}

const dbrefOf = ({ player }: Person): string | null => player?.dbref ?? null

/**
 * On which of the sessions somebody else is now. By the player alone: a session's version rises with every line that its player
 * types, and who is busy can be booted too. One that has ended is none: its result says so.
 */
export function replacedOf(seen: readonly Person[], now: ReadonlyMap<Sid, SessionRow>): readonly Replaced[] {
  return seen.flatMap((each) => {
    const row = now.get(each.sid)
    if (!row || row.status === 'closed' || dbrefOf(row) === dbrefOf(each)) return []
    return [{ seen: each, now: row }]
  })
}

const nameOf = ({ player }: Person): string => (player ? visibleText(player.name) : 'nobody')

/** `Session 6 is Carl’s now; you saw Beth on it`. */
export function replacedText({ seen, now }: Replaced): string {
  const is = now.player ? `is ${nameOf(now)}’s now` : 'has nobody logged in now'
  return `Session ${seen.handle} ${is}; you saw ${nameOf(seen)} on it`
}
