import { classify, type Difference, type Verdict } from '../contracts/index.ts'
import { pendingOf, type Readings, readingsOf } from './observe.ts'
import type { SessionCopies } from './session-copies.ts'
import type { SourceLook } from './source-look.ts'

export type Differences = ReadonlyMap<string, Difference>

/** A session as one look finds it. `since` and the differences' times are monotonic. */
export interface Judged {
  readings: Readings
  verdict: Verdict
}

const NO_DIFFERENCES: Differences = new Map()

/**
 * Judges a session, remembering what the look before saw. Between two words of a source nothing is known of it, so a difference
 * ages only as far as every copy in it was read again: it is `now` for the judgement when the oldest reading was made, and a new
 * difference counts from this look. A process that is merely slow to beat never lets one stand.
 */
export function judgeSession(session: SessionCopies, look: SourceLook, before: Differences = NO_DIFFERENCES): Judged {
  const readings = readingsOf(session, look)
  const { monotonic } = look.moment
  const now = before.size === 0 ? monotonic : Math.min(monotonic, ...observedTimes(readings))
  const verdict = classify({ copies: readings.copies, pending: pendingOf(readings), before, now })
  if (verdict.differences.size === 0 || now === monotonic) return { readings, verdict }
  const isNew = ({ since, looks }: Difference): boolean => since === now && looks <= 1
  const differences = new Map<string, Difference>()
  for (const [name, each] of verdict.differences)
    differences.set(name, isNew(each) ? { ...each, since: monotonic } : each)
  const fields = verdict.fields.map((field) => ({ ...field, since: differences.get(field.name)?.since ?? field.since }))
  return { readings, verdict: { ...verdict, fields, differences } }
}

function* observedTimes({ copies }: Readings): Iterable<number> {
  for (const copy of Object.values(copies)) if (copy.kind !== 'unknown') yield copy.observedAt
}
