import {
  type Cell,
  COPIES,
  type Copy,
  type CopyReading,
  type Field,
  type FieldVerdict,
  holdersOf,
  INDEX_FIELD,
  ownerOf,
  type Pending,
  type Sid,
} from '../contracts/index.ts'
import { keys } from '../redis/keys.ts'
import { isoOf, isoOrNull } from './iso.ts'
import type { Judged } from './judgement.ts'
import type { SideWrite } from './observe.ts'
import type { SessionCopies } from './session-copies.ts'
import { label, labelOrNull, type Moment } from './source-look.ts'
import { type Texts, textIn, valueIn } from './texts.ts'

const ENDED = 'the session has ended'

/** Every field with its three cells. Of a session that ended: what its owner held last, which no copy holds any more. */
export function fieldsOfSession(session: SessionCopies, judged: Judged, moment: Moment): Field[] {
  const { ended } = session
  if (ended?.last && judged.verdict.fields.length === 0) return lastFields(ended.last, ended.at)
  return judged.verdict.fields.map((verdict) => fieldOf(session, judged, verdict, moment))
}

/** Those that are not as they should be. */
export const wrongFields = (session: SessionCopies, judged: Judged, moment: Moment): Field[] =>
  judged.verdict.fields
    .filter(({ state, odd }) => state !== 'in-sync' && (state !== 'unknown' || odd.length > 0))
    .map((verdict) => fieldOf(session, judged, verdict, moment))

function fieldOf(
  { sid, partition }: SessionCopies,
  { readings }: Judged,
  verdict: FieldVerdict,
  moment: Moment,
): Field {
  const { name, owner, state, since } = verdict
  const cell = (copy: Copy): Cell => cellOf(name, copy, readings.copies[copy], moment)
  return {
    name,
    redisField: name === INDEX_FIELD ? `${keys.versions(partition)} ${sid}` : name,
    owner,
    state,
    since: labelOrNull(moment, since),
    cells: { gateway: cell('gateway'), server: cell('server'), redis: cell('redis') },
    pending: pendingOfField(sid, name, readings.writes),
  }
}

function cellOf(name: string, copy: Copy, reading: CopyReading, moment: Moment): Cell {
  if (!holdersOf(name).includes(copy)) return { kind: 'not-held' }
  if (reading.kind === 'unknown') {
    const { reason, observedAt, last } = reading
    const text = textIn(last, name)
    const known = text === undefined || text === '' ? {} : { last: valueIn(name, text) }
    return { kind: 'unknown', reason, observedAt: labelOrNull(moment, observedAt), ...known }
  }
  const observedAt = label(moment, reading.observedAt)
  const text = reading.kind === 'read' ? textIn(reading.fields, name) : undefined
  if (text === undefined || text === '') return { kind: 'absent', observedAt }
  return { kind: 'value', value: valueIn(name, text), observedAt }
}

function lastFields(last: Texts, at: number): Field[] {
  const observedAt = isoOf(at)
  return Object.keys(last).map((name) => {
    const unknown: Cell = { kind: 'unknown', reason: ENDED, observedAt, last: valueIn(name, last[name] ?? '') }
    const cells = COPIES.map((copy) => (holdersOf(name).includes(copy) ? unknown : { kind: 'not-held' as const }))
    const [gateway = unknown, server = unknown, redis = unknown] = cells
    const field = { name, redisField: name, owner: ownerOf(name), state: 'unknown' as const }
    return { ...field, since: null, cells: { gateway, server, redis }, pending: null }
  })
}

/** As the judgement counts it: an owner that writes a session whole writes the gateway's fields too. */
function covers({ side, write }: SideWrite, name: string): boolean {
  if (write.fields.includes('*')) return side === 'server' || ownerOf(name) === 'gateway'
  return side === ownerOf(name) && write.fields.includes(name)
}

function pendingOfField(sid: Sid, name: string, writes: readonly SideWrite[]): Pending | null {
  const found = writes.find((write) => covers(write, name))
  return found ? pendingEntry(sid, found) : null
}

/** An entry's id names its session and the side whose memory it waits in. */
export const entryId = (sid: Sid, side: SideWrite['side']): string => `${sid}@${side}`

export function pendingEntry(sid: Sid, { side, write }: SideWrite): Pending {
  const { since, attempts, nextAt, error } = write
  return {
    entry: entryId(sid, side),
    since: isoOf(since),
    attempts,
    nextAt: isoOrNull(nextAt),
    error,
  }
}
