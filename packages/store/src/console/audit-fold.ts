import { type AuditRecord, type AuditRecordOf, fingerprintOf, type Sid } from '../contracts/index.ts'

/** What is kept in memory; what is older lies in Kafka for ever. */
export const ITEMS_KEPT = 20_000
const RESULTS_KEPT = 200_000
const IDS_KEPT = 200_000

/** A command as `holdfast.audit` tells of it. */
export interface AuditedCommand {
  readonly kind: 'command'
  /** Of the request's record: the order of all that is audited. */
  readonly offset: number
  readonly requested: AuditRecordOf<'requested'>
  readonly results: ReadonlyMap<Sid, AuditRecordOf<'result'>>
  /** The last that was said; a late result may have come after it. */
  readonly concluded: AuditRecordOf<'concluded'> | null
  /** A wizard has it stopped. */
  readonly stop: AuditRecordOf<'stop'> | null
  /** When something of it was last read, monotonic ms. */
  readonly heardAt: number
}

/** Something audited that is no command. */
export interface AuditedEvent {
  readonly kind: 'event'
  readonly offset: number
  readonly record: AuditRecordOf<'sign-in'> | AuditRecordOf<'repair'>
}

export type AuditedItem = AuditedCommand | AuditedEvent

type Mutable = {
  -readonly [K in keyof AuditedCommand]: AuditedCommand[K]
} & { results: Map<Sid, AuditRecordOf<'result'>> }

export interface AuditFold {
  /** Takes a record. False for one that does not count: a repeat, or a word about a command that is forgotten. */
  apply(record: AuditRecord, offset: number, now: number): boolean
  command(id: string): AuditedCommand | undefined
  /** A command had this id, though it may be forgotten. */
  isKnown(id: string): boolean
  /** Newest first, those older than `before` (an offset; null for all). */
  newest(before: number | null, limit: number): readonly AuditedItem[]
}

/**
 * What a console knows of `holdfast.audit`. Writers may repeat themselves (a batch sent again, a record applied again after
 * a crash): of several records with one id the first counts, which is the same one for every reader.
 */
export function createAuditFold(): AuditFold {
  const commands = new Map<string, Mutable>()
  const items: AuditedItem[] = []
  const ids = new Set<number>()
  let results = 0

  /** False for a repeat. */
  const isFirst = (id: string): boolean => {
    const mark = fingerprintOf(id)
    if (ids.has(mark)) return false
    ids.add(mark)
    for (const oldest of ids) {
      if (ids.size <= IDS_KEPT) break
      ids.delete(oldest)
    }
    return true
  }

  const keep = (item: AuditedItem): void => {
    items.push(item)
    while (items.length > ITEMS_KEPT || results > RESULTS_KEPT) {
      const oldest = items.shift()
      if (oldest?.kind !== 'command') continue
      results -= oldest.results.size
      commands.delete(oldest.requested.id)
    }
  }

  const request = (requested: AuditRecordOf<'requested'>, offset: number, now: number): void => {
    const command: Mutable = {
      kind: 'command',
      offset,
      requested,
      results: new Map(),
      concluded: null,
      stop: null,
      heardAt: now,
    }
    commands.set(requested.id, command)
    keep(command)
  }

  return {
    apply(record, offset, now) {
      if (!isFirst(`${record.kind} ${record.id}`)) return false
      if (record.kind === 'requested') {
        request(record, offset, now)
        return true
      }
      if (record.kind === 'sign-in' || record.kind === 'repair') {
        keep({ kind: 'event', offset, record })
        return true
      }
      const command = commands.get(record.commandId)
      if (!command) return false
      command.heardAt = now
      if (record.kind === 'concluded') command.concluded = record
      else if (record.kind === 'stop') command.stop = record
      else {
        command.results.set(record.sid, record)
        results++
      }
      return true
    },
    command: (id) => commands.get(id),
    isKnown: (id) => ids.has(fingerprintOf(`requested ${id}`)),
    newest(before, limit) {
      const from = before === null ? items.length : firstNotBelow(items, before)
      return items.slice(Math.max(0, from - limit), from).reverse()
    },
  }
}

/** Where offsets of at least `offset` begin. */
function firstNotBelow(items: readonly AuditedItem[], offset: number): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((items[middle]?.offset ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}
