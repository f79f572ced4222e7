import {
  type Cell,
  type Copy,
  type DivergenceItem,
  type Field,
  type Finding,
  holdersOf,
  type ShownEvent,
  type Sid,
} from '../contracts/index.ts'
import { isoOf } from './iso.ts'
import type { Judged } from './judgement.ts'
import { wrongFields } from './session-fields.ts'
import { isWrong, type Shown } from './session-table.ts'
import { isRead, labelOrNull, type SourceLook } from './source-look.ts'
import { valueIn } from './texts.ts'

/** What healed stays listed for so long. */
export const HEALED_KEPT_MS = 600_000
/** An auditor may tell of a session before the console has come across it itself. */
const UNHEARD_OF_MS = 10_000
/** Listed in full, the oldest first; all are counted. */
export const ITEMS_MAX = 500
const HEALED_MAX = 500
/** A session that is missing lacks all its fields: with these many items they are told, beyond them its detail tells. */
const WHOLE_SESSIONS_MAX = 50

interface Told {
  finding: Finding
  /** The auditor's process. */
  from: string
  /** When it was read, monotonic: a copy that was read before does not refute it. */
  heardAt: number
}

interface Open {
  sid: Sid
  /** As it was listed last. */
  item: DivergenceItem
  /** What the console has judged itself; false where it only knows what an auditor told. */
  isJudged: boolean
  told: Told | null
}

export interface DivergenceList {
  /** `divergence.found` or `.healed`. */
  told(event: ShownEvent, monotonic: number): void
  judged(sid: Sid, judged: Judged, shown: Shown, look: SourceLook): void
  /** Nothing is known of the session (any more). */
  dropped(sid: Sid, look: SourceLook): void
  /** Open ones an auditor told of: to be judged until one judgement confirms or refutes them. */
  toConfirm(): Iterable<Sid>
  /** Open ones, the oldest first, as of this look; then what healed, the newest first. */
  items(look: SourceLook, judgeNow: (sid: Sid) => { judged: Judged; shown: Shown } | null): DivergenceItem[]
  readonly open: number
}

/**
 * What is wrong now, joined from two witnesses: the auditors (in their events) and the console's own judgement; and what was
 * wrong within the last ten minutes. An auditor that has died is no witness any more.
 */
export function createDivergenceList(): DivergenceList {
  const open = new Map<Sid, Open>()
  /** By the time of healing, oldest first. */
  let healed: { at: number; item: DivergenceItem }[] = []

  const heal = (entry: Open, at: number): void => {
    open.delete(entry.sid)
    healed.push({ at, item: { ...entry.item, healedAt: isoOf(at) } })
    if (healed.length > HEALED_MAX) healed = healed.slice(-HEALED_MAX)
  }

  const judged = (sid: Sid, each: Judged, shown: Shown, look: SourceLook): void => {
    const entry = open.get(sid)
    const { verdict } = each
    if (isWrong(verdict.state)) {
      const item = ownItem(each, shown, look, entry?.item ?? null)
      open.set(sid, {
        sid,
        item: entry?.told ? joined(item, entry.told) : item,
        isJudged: true,
        told: entry?.told ?? null,
      })
    } else if (entry && verdict.state === 'in-sync' && isLaterThan(entry.told, each)) heal(entry, look.moment.wall)
  }

  return {
    judged,
    told({ type, finding, sid, from, at }, monotonic) {
      const entry = sid === null ? undefined : open.get(sid)
      if (type === 'divergence.healed' && entry) heal(entry, at)
      if (type !== 'divergence.found' || !finding) return
      const told = { finding, from, heardAt: monotonic }
      const item = entry?.isJudged ? joined(entry.item, told) : toldItem(finding)
      open.set(finding.sid, { sid: finding.sid, item, isJudged: entry?.isJudged ?? false, told })
    },
    dropped(sid, { moment }) {
      const entry = open.get(sid)
      if (!entry || (entry.told && moment.monotonic - entry.told.heardAt < UNHEARD_OF_MS)) return
      heal(entry, moment.wall)
    },
    *toConfirm() {
      for (const { sid, told } of open.values()) if (told) yield sid
    },
    items(look, judgeNow) {
      healed = healed.filter(({ at }) => look.moment.wall - at < HEALED_KEPT_MS)
      const items: DivergenceItem[] = []
      for (const { sid } of [...open.values()].slice(0, ITEMS_MAX)) {
        const now = judgeNow(sid)
        const entry = open.get(sid) // judging may have healed it
        if (entry) items.push(asOfNow(entry, now, look, items.length < WHOLE_SESSIONS_MAX))
      }
      items.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
      return [...items, ...healed.map(({ item }) => item).reverse()]
    },
    get open() {
      return open.size
    },
  }
}

/** Of ISO times. */
const earlier = (a: string, b: string): string => (a < b ? a : b)

/** Every copy of the judgement was read after the auditor had spoken. */
const isLaterThan = (told: Told | null, { readings }: Judged): boolean =>
  told === null ||
  Object.values(readings.copies).every((copy) => copy.kind === 'unknown' || copy.observedAt > told.heardAt)

/** An auditor that does not live is no witness, and what nobody reads now is not called drifted any more. */
function asOfNow(
  { item, told }: Open,
  now: { judged: Judged; shown: Shown } | null,
  look: SourceLook,
  mayBeWhole: boolean,
): DivergenceItem {
  if (!now) return item
  const { judged, shown } = now
  const { state } = judged.verdict
  const isWhole = state !== 'missing' && state !== 'ghost'
  const fields = isWhole || mayBeWhole ? wrongFields(shown.copies, judged, look.moment) : []
  if (isWrong(state)) return { ...item, fields }
  if (state === 'unknown') return { ...item, state, fields: fields.length > 0 ? fields : item.fields }
  const isWitnessed = told !== null && isRead(look.process(told.from))
  return isWitnessed ? { ...item, state: told.finding.state } : { ...item, state, fields }
}

function ownItem(
  judged: Judged,
  { row, cause, copies }: Shown,
  look: SourceLook,
  before: DivergenceItem | null,
): DivergenceItem {
  const { verdict } = judged
  const { moment } = look
  const since = labelOrNull(moment, verdict.since) ?? isoOf(moment.wall)
  return {
    sid: row.sid,
    handle: row.handle,
    state: verdict.state,
    missingIn: [...verdict.missingIn],
    // Kept for the time after it has healed, when no copy holds these values any more.
    fields: verdict.state === 'drifted' ? wrongFields(copies, judged, moment) : [],
    since: earlier(since, before?.since ?? since),
    healedAt: null,
    cause: cause ?? 'content',
  }
}

/** The auditor sees the store from inside: its cause and its time are the better ones. */
function joined(item: DivergenceItem, { finding }: Told): DivergenceItem {
  const since = isoOf(finding.since)
  return { ...item, cause: finding.cause, since: earlier(since, item.since) }
}

function toldItem(finding: Finding): DivergenceItem {
  const { sid, handle, state, cause, missingIn, since, fields } = finding
  return {
    sid,
    handle,
    state,
    missingIn: [...missingIn],
    fields: fields.map((field) => toldField(field, since)),
    since: isoOf(since),
    healedAt: null,
    cause,
  }
}

function toldField({ name, owner, state, values }: Finding['fields'][number], since: number): Field {
  const observedAt = isoOf(since)
  const cell = (copy: Copy): Cell => {
    const text = values[copy]
    if (text === undefined || !holdersOf(name).includes(copy)) return { kind: 'not-held' }
    if (text === null) return { kind: 'unknown', reason: 'its auditor could not read it', observedAt: null }
    return text === '' ? { kind: 'absent', observedAt } : { kind: 'value', value: valueIn(name, text), observedAt }
  }
  const [gateway, server, redis] = [cell('gateway'), cell('server'), cell('redis')]
  return { name, redisField: name, owner, state, since: observedAt, cells: { gateway, server, redis }, pending: null }
}
