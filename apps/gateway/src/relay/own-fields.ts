import { type Clock, messageOf } from '@holdfast/runtime'
import { type Breaker, backOffMs, type SessionScripts } from '@holdfast/store'
import type { GatewayFields, QueueFigures, Sid, WaitingWrite } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'
import { createWriteFigures } from './write-figures.ts'

const TICK_MS = 50
/** Writes under way at once. */
const AT_ONCE_MAX = 200
const NO_RECORD = 'Redis has no record of the session yet'

/** A field, or `*` for all of them: Redis may have no record at all. */
export type OwnField = keyof GatewayFields | '*'

export interface OwnFields {
  /** Redis is to get these fields of the connection: at once, with the values that they have then. */
  mark(sid: Sid, fields: readonly OwnField[]): void
  /** What of the connection Redis has not acknowledged; null for nothing. */
  waiting(sid: Sid): WaitingWrite | null
  /** Connections of which something waits. */
  sids(): Iterable<Sid>
  /** Tries what waits of these connections now, whatever its back-off says. */
  retry(sids: readonly Sid[]): void
  readonly size: number
  figures(): QueueFigures
  close(): void
}

export interface OwnFieldsOptions {
  scripts: Pick<SessionScripts, 'gatewaySet'>
  clock: Clock
  random: () => number
  breaker: Breaker
  find: (sid: Sid) => Connection | undefined
  /** Live connections: the bound of what can wait. */
  connections: () => number
  events: {
    onStored(fields: readonly OwnField[]): void
    /** The record is another connection's by now, or its session was detached: it is let go. */
    onRefused(fields: readonly OwnField[]): void
    /** A write failed; it is tried again. */
    onFailed(fields: readonly OwnField[], problem: string): void
    /** What waits of the connection has failed for the first time, or waits no longer. */
    onWaiting(sid: Sid): void
  }
}

interface Entry {
  fields: Set<OwnField>
  /** Those that are being written. */
  underWay: ReadonlySet<OwnField> | null
  since: Moment
  /** Of the fields that were marked while others were being written. */
  nextSince: Moment
  attempts: number
  /** Monotonic ms. */
  nextAt: number
  error: string | null
}

/** By both clocks: one measures, the other is told. */
interface Moment {
  monotonic: number
  /** Epoch ms. */
  at: number
}

/**
 * The gateway's own write-behind: which fields of its connections Redis has not acknowledged. Every write goes this way,
 * with the present values, until Redis has them or something newer, or says that the record is not this connection's any
 * more. A record that is not there yet is waited for: its owner creates it from the log, and may do so with the fields as
 * they were before a change. Bounded by the number of connections; one that has ended is forgotten.
 */
export function createOwnFields(options: OwnFieldsOptions): OwnFields {
  const { scripts, clock, random, breaker, find, connections, events } = options
  const entries = new Map<Sid, Entry>()
  const figures = createWriteFigures({ clock, breaker, entries: () => entries.values(), bound: connections })
  let underWay = 0

  const settle = (sid: Sid, entry: Entry): void => {
    const hadFailed = entry.attempts > 0
    if (entry.fields.size === 0) entries.delete(sid)
    else Object.assign(entry, { underWay: null, since: entry.nextSince, attempts: 0, nextAt: 0, error: null })
    if (hadFailed) events.onWaiting(sid)
  }

  /** Back in line behind all others: one that never succeeds must not keep them waiting. */
  const putBack = (sid: Sid, entry: Entry, written: ReadonlySet<OwnField>, problem: string): void => {
    for (const field of written) entry.fields.add(field)
    entry.underWay = null
    entry.attempts++
    entry.error = problem
    entry.nextAt = clock.monotonic() + backOffMs(entry.attempts, random)
    entries.delete(sid)
    entries.set(sid, entry)
    if (entry.attempts === 1) events.onWaiting(sid)
  }

  const write = async (sid: Sid, entry: Entry, { fields }: Connection): Promise<void> => {
    const written = entry.fields
    entry.underWay = written
    entry.fields = new Set()
    const { gateway, connectionEpoch, gatewayRevision } = fields
    const startedAt = clock.monotonic()
    try {
      const outcome = await scripts.gatewaySet(
        sid,
        { gateway, connectionEpoch, gatewayRevision },
        valuesOf(fields, written),
      )
      breaker.succeeded()
      figures.wrote(clock.monotonic() - startedAt)
      if (outcome === 'gone') return putBack(sid, entry, written, NO_RECORD)
      if (outcome === 'fenced') events.onRefused([...written])
      else events.onStored([...written])
      settle(sid, entry)
    } catch (error) {
      breaker.failed()
      events.onFailed([...written], messageOf(error))
      putBack(sid, entry, written, messageOf(error))
    }
  }

  /** Starts the write where it may go now. False: none may. */
  const start = (sid: Sid, entry: Entry): boolean => {
    if (underWay >= AT_ONCE_MAX) return false
    const connection = find(sid)
    if (!connection) {
      entries.delete(sid)
      return true
    }
    if (!breaker.allow()) return false
    underWay++
    void write(sid, entry, connection).finally(() => {
      underWay--
    })
    return true
  }

  const isDue = ({ underWay: written, nextAt }: Entry): boolean => written === null && clock.monotonic() >= nextAt

  const timer = clock.setInterval(() => {
    for (const [sid, entry] of [...entries]) if (isDue(entry) && !start(sid, entry)) return
  }, TICK_MS)

  return {
    mark(sid, fields) {
      const now = { monotonic: clock.monotonic(), at: clock.now() }
      let entry = entries.get(sid)
      if (!entry) {
        entry = { fields: new Set(), underWay: null, since: now, nextSince: now, attempts: 0, nextAt: 0, error: null }
        entries.set(sid, entry)
      }
      if (entry.fields.size === 0) entry.nextSince = now
      for (const field of fields) entry.fields.add(field)
      figures.marked(fields.length)
      if (isDue(entry)) start(sid, entry)
    },
    waiting(sid) {
      const entry = entries.get(sid)
      if (!entry) return null
      const now = clock.monotonic()
      const fields = new Set([...entry.fields, ...(entry.underWay ?? [])])
      const nextAt = entry.underWay ? null : Math.max(entry.nextAt, breaker.nextProbeAt ?? 0, now)
      return {
        fields: fields.has('*') ? ['*'] : [...fields].sort(),
        since: entry.since.at,
        attempts: entry.attempts,
        nextAt: nextAt === null ? null : Math.round(clock.now() + nextAt - now),
        error: entry.error,
        isDead: false,
      }
    },
    sids: () => entries.keys(),
    retry(sids) {
      for (const sid of sids) {
        const entry = entries.get(sid)
        if (!entry) continue
        entry.nextAt = 0
        if (isDue(entry)) start(sid, entry)
      }
    },
    get size() {
      return entries.size
    },
    figures: figures.read,
    close: () => timer.cancel(),
  }
}

/** The present values of the fields, as the script takes them. */
function valuesOf(fields: GatewayFields, names: ReadonlySet<OwnField>): Partial<GatewayFields> {
  if (names.has('*')) return { ...fields }
  return Object.fromEntries([...names].filter(isName).map((name) => [name, fields[name]]))
}

const isName = (field: OwnField): field is keyof GatewayFields => field !== '*'
