import {
  type AuditTarget,
  type CommandRequest,
  type Divergence,
  type Events,
  type HealthReport,
  type LiveTick,
  partitionOf,
  type Queues,
  type SessionDetail,
  type Sessions,
  type Sid,
  type Sids,
  type Trend,
} from '../contracts/index.ts'
import { keys } from '../redis/keys.ts'
import { needsGateway } from './command-rules.ts'
import type { ConsoleModel } from './console-model.ts'
import type { EventQuery } from './event-ring.ts'
import { healthOf, linksOf } from './health-report.ts'
import { isoOf } from './iso.ts'
import { missedProcesses } from './missed-processes.ts'
import { closedOf } from './observe.ts'
import { pageInOrder } from './page-in-order.ts'
import { queueEntries, queueFigures, queueSums } from './queue-list.ts'
import { fieldsOfSession } from './session-fields.ts'
import { readFilter } from './session-filter.ts'
import { withIdle } from './session-row.ts'
import { readSort } from './session-sort.ts'
import type { Shown } from './session-table.ts'
import type { Silence } from './silence-watch.ts'
import { isRead, type SourceLook } from './source-look.ts'
import { TREND_EVERY_MS } from './trend-ring.ts'

export const ROWS_PER_PAGE_MAX = 200
const ROWS_PER_PAGE = 100

export interface SessionsQuery {
  filter?: string
  sort?: string
  offset?: number
  /** At most 200; more is cut to that. */
  limit?: number
}

/** What was asked in a way that means nothing; `token` is the word that does not. */
export interface Misunderstood {
  ok: false
  what: 'filter' | 'sort'
  token: string
  problem: string
}

export interface ConsoleFacts {
  /** The last ping of Redis; null before the first. */
  ping: { isAnswered: boolean; ms: number | null } | null
  /** Records that wait to be read by the console. */
  lag: number
}

export interface ConsoleAnswers {
  sessions(query: SessionsQuery): { ok: true; value: Sessions } | Misunderstood
  /** Null for a session that is not known, or ended more than ten minutes ago. */
  session(sid: Sid): SessionDetail | null
  divergence(): Divergence
  /** How many sessions were wrong, settling and unknown in the last hour. */
  trend(): Trend
  queues(): Queues
  events(query: EventQuery): Events
  health(): HealthReport
  /** What the frame of every page shows, cheap enough for each second. `behindMs` is the caller's to add. */
  pulse(): Omit<LiveTick, 'now' | 'behindMs'>
  /** The same sessions as an answer: the scope of a command that is about to be given. */
  sids(filter: string): { ok: true; value: Sids } | Misunderstood
  /** The live sessions that a filter means now; a command's scope. Empty text: all. */
  resolve(filter: string): { ok: true; sids: Sid[] } | Misunderstood
  /** As rows tell them; null for a session that is not there (any more). */
  versions(sids: readonly Sid[]): Map<Sid, string | null>
  /** To whom such a command cannot come now, each with why. */
  silent(sids: readonly Sid[], request: Pick<CommandRequest, 'type' | 'target'>): Map<Sid, Silence>
  /** Who they are, of those that are known: also of one that has ended lately. */
  named(sids: readonly Sid[]): AuditTarget[]
}

/** Answers in the shapes of the console's API, each made of one look at all sources. */
export function createConsoleAnswers(model: ConsoleModel, facts: () => ConsoleFacts): ConsoleAnswers {
  const { sessions: table } = model

  const base = ({ moment, sources }: SourceLook) => ({
    rev: model.changes.rev,
    asOf: isoOf(moment.wall),
    sources: [...sources],
  })

  const matching = (filter: string, look: SourceLook): { ok: true; found: Shown[] } | Misunderstood => {
    const reading = readFilter(filter)
    if (!reading.ok) return { ...reading, what: 'filter' }
    const found: Shown[] = []
    for (const shown of table.listed()) if (reading.matches(shown.keys, look.moment.wall)) found.push(shown)
    return { ok: true, found }
  }

  const live = (filter: string, look: SourceLook): { ok: true; sids: Sid[] } | Misunderstood => {
    const matched = matching(filter, look)
    if (!matched.ok) return matched
    return { ok: true, sids: matched.found.filter(({ row }) => row.status !== 'closed').map(({ row }) => row.sid) }
  }

  return {
    sessions({ filter = '', sort = '', offset = 0, limit = ROWS_PER_PAGE }) {
      const look = model.look()
      const order = readSort(sort)
      if (!order.ok) return { ...order, what: 'sort' }
      const matched = matching(filter, look)
      if (!matched.ok) return matched
      const { found } = matched
      const from = Math.max(0, Math.trunc(offset))
      const count = Math.min(Math.max(1, Math.trunc(limit)), ROWS_PER_PAGE_MAX)
      const page = pageInOrder(found, (a, b) => order.order(a.keys, b.keys), from, from + count)
      const items = page.map((each) => {
        const { row, facts: about } = table.asOf(each, look)
        return withIdle(row, about, look.moment.wall)
      })
      return { ok: true, value: { ...base(look), items, total: found.length, offset: from, limit: count } }
    },

    session(sid) {
      const look = model.look()
      const found = model.judgeNow(sid, look)
      if (!found) return null
      const { judged, shown } = found
      const { copies, row, facts: about } = shown
      const closed = closedOf(copies, look)
      // Nobody told what it was: its end alone was read.
      if (copies.ended && !copies.ended.last && judged.verdict.fields.length === 0) return null
      return {
        ...base(look),
        session: withIdle(row, about, look.moment.wall),
        redis: { key: keys.session(sid) },
        fields: fieldsOfSession(copies, judged, look.moment),
        closed: closed && { at: isoOf(closed.at), reason: closed.reason },
      }
    },

    divergence() {
      const look = model.look()
      const items = model.divergence.items(look, (sid) => model.judgeNow(sid, look))
      return { ...base(look), coverage: coverageOf(model, look), counts: { ...table.counts }, items }
    },

    trend: () => ({ ...base(model.look()), everyMs: TREND_EVERY_MS, points: model.trend.points() }),

    queues() {
      const look = model.look()
      const processes = queueFigures(model.processes.all(), look)
      return { ...base(look), processes, entries: queueEntries(model.copies.all(), look) }
    },

    events(query) {
      return { ...base(model.look()), ...model.events.page(query) }
    },

    health() {
      const look = model.look()
      const connected = connectedByGateway(table.listed())
      const body = healthOf({
        look,
        processes: model.processes.all(),
        ...facts(),
        connectedAt: (gateway) => connected.get(gateway) ?? 0,
      })
      return { ...base(look), ...body }
    },

    pulse() {
      const look = model.look()
      const { rev, sources } = base(look)
      const about = { look, processes: [...model.processes.all()], ...facts() }
      return {
        rev,
        sources,
        lag: about.lag,
        missed: missedProcesses(about.processes, table.listed(), look),
        sessions: Object.values(table.counts).reduce((sum, count) => sum + count, 0),
        counts: { ...table.counts },
        queues: queueSums(about.processes, look),
        ...linksOf(about),
      }
    },

    sids(filter) {
      const look = model.look('all')
      const matched = live(filter, look)
      return matched.ok ? { ok: true, value: { ...base(look), sids: matched.sids } } : matched
    },

    resolve: (filter) => live(filter, model.look('all')),

    versions(sids) {
      model.look('all')
      const versionOf = (sid: Sid): string | null => {
        const shown = table.get(sid)
        return shown && shown.row.status !== 'closed' ? shown.row.version : null
      }
      return new Map(sids.map((sid) => [sid, versionOf(sid)]))
    },

    silent(sids, request) {
      const look = model.look()
      const gatewayOf = (sid: Sid): Silence | null => {
        const row = needsGateway(request) ? table.get(sid)?.row : undefined
        return row?.status === 'connected' ? model.silence.ofGateway(row.gateway, look) : null
      }
      return new Map(
        sids.flatMap((sid) => {
          const silence = model.silence.ofOwner(partitionOf(sid), look) ?? gatewayOf(sid)
          return silence ? [[sid, silence] as const] : []
        }),
      )
    },

    named: (sids) =>
      sids.flatMap((sid) => {
        const row = table.get(sid)?.row
        return row ? [{ sid, handle: row.handle, player: row.player }] : []
      }),
  }
}

/** What the auditors of the servers that live have looked at; the oldest look of them all. */
function coverageOf(model: ConsoleModel, look: SourceLook): Divergence['coverage'] {
  const coverage = { checked: 0, total: 0, oldestMs: 0 }
  for (const { id, beat } of model.processes.all()) {
    if (beat.role !== 'server' || !isRead(look.process(id))) continue
    coverage.checked += beat.audit?.checked ?? 0
    coverage.total += beat.audit?.total ?? beat.sessions
    coverage.oldestMs = Math.max(coverage.oldestMs, beat.audit?.oldestMs ?? 0)
  }
  return coverage
}

function connectedByGateway(listed: Iterable<Shown>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { row } of listed)
    if (row.status === 'connected') counts.set(row.gateway, (counts.get(row.gateway) ?? 0) + 1)
  return counts
}
