import { withDeadline } from '@holdfast/runtime'
import {
  type Audit,
  type AuditRecordOf,
  type AuditTarget,
  type Command,
  type CommandRequest,
  type Sid,
  TARGETS_MAX,
  type WizardOrder,
} from '../contracts/index.ts'
import type { AuditedCommand } from './audit-fold.ts'
import { itemOf } from './audit-words.ts'
import type { CommandParts } from './command-parts.ts'
import { createCommandRecords } from './command-records.ts'
import { isSameRequest, parseEntry, problemOfRequest } from './command-rules.ts'
import { isAnswered } from './command-state.ts'
import { createCommandTracker, isMass } from './command-tracker.ts'
import { isPaced } from './dispatch.ts'
import { type Changed, changedSince } from './expected-versions.ts'
import type { Silence } from './silence-watch.ts'

/** How long Kafka may take to have a request, and to give it back, before nothing is done about it. */
export const AUDIT_WAIT_MS = 3_000
/** How long the answer to a command of one session is waited for, where it may say that the session has changed. */
const VERDICT_WAIT_MS = 2_000
const POLL_MS = 10
export const AUDIT_PAGE_MAX = 200

export type Submitted =
  /** In the audit, and on its way: 202. */
  | { kind: 'accepted'; command: Command }
  /** The same command was given before; there is no second effect: 200. */
  | { kind: 'known'; command: Command }
  /** Another command has this id, or sessions are not as the wizard saw them: 409. */
  | { kind: 'conflict'; problem: string; changed: readonly Changed[] }
  /** It does not say what it must: 422. */
  | { kind: 'refused'; problem: string }
  /** Too many at once: 429. */
  | { kind: 'busy'; problem: string }
  /** `part` does not answer, Kafka or the process that would carry it out: nothing was done, and nothing of it will be. 503. */
  | { kind: 'unavailable'; part: 'kafka' | Silence['role']; problem: string }

export type Stopped =
  /** In the audit: 202. */
  | { kind: 'accepted'; command: Command }
  /** It was stopped before: 200. */
  | { kind: 'known'; command: Command }
  | { kind: 'unknown' }
  /** There is nothing left of it to stop: 422. */
  | { kind: 'refused'; problem: string }
  /** Kafka does not answer: 503. */
  | { kind: 'unavailable'; problem: string }

/** What a filter means now. */
export type Resolved = { kind: 'sids'; sids: readonly Sid[] } | { kind: 'refused'; problem: string }

export interface Commands {
  /** Takes a wizard's command. Whatever it answers, it answers within AUDIT_WAIT_MS and some. Never rejects for an outage. */
  submit(request: CommandRequest, by: WizardOrder['by'], resolve: (filter: string) => Resolved): Promise<Submitted>
  /**
   * Has a command of many stopped, whichever console sends it: whom it has not come to is left out as cancelled, what is done
   * stays done. The audit has it first.
   */
  stop(id: string, by: WizardOrder['by']): Promise<Stopped>
  /** Null for one that is unknown, or older than what a console remembers. */
  get(id: string): Command | null
  /** Newest first; `cursor` is the `next` of the page before, null for the first. Null where it is none. */
  audit(page: { cursor: string | null; limit: number }): Audit | null
  close(): void
}

/** An offset of the audit, as a page's `next` tells it. */
const CURSOR = /^\d{1,15}$/

/**
 * A wizard's commands, from the request to its end. **No audit, no action**: the request is in `holdfast.audit`, and was read
 * back from there, before any session hears of it; of two with one id the first in the audit is the command. A request that
 * Kafka takes too late is refused for good, also when it turns up in the audit afterwards.
 */
export function createCommands(parts: CommandParts): Commands {
  const { audit, batcher, clock, incarnation, sessions } = parts
  const records = createCommandRecords(parts)
  const tracker = createCommandTracker(parts, records)
  /** Ids that are on their way into the audit. */
  const entering = new Map<string, { request: CommandRequest; done: Promise<Submitted> }>()

  const conflict = (problem: string, changed: readonly Changed[] = []): Submitted => ({
    kind: 'conflict',
    problem,
    changed,
  })

  const known = (request: CommandRequest, by: WizardOrder['by']): Submitted | null => {
    const command = audit.command(request.id)
    if (!command) return audit.isKnown(request.id) ? conflict('another command had this id long ago') : null
    const { requested } = command
    const isSame = isSameRequest(requested.request, request) && requested.by.dbref === by.dbref
    return isSame ? { kind: 'known', command: tracker.view(command) } : conflict('another command has this id')
  }

  /** Waits for something to become true; false after `ms`. */
  const until = async (isSo: () => boolean, ms: number): Promise<boolean> => {
    const end = clock.monotonic() + ms
    while (!isSo()) {
      if (clock.monotonic() >= end) return false
      await clock.sleep(POLL_MS)
    }
    return true
  }

  /** The request in the audit, read back; null where Kafka did not do that in time. */
  const enter = async (requested: AuditRecordOf<'requested'>): Promise<AuditedCommand | null> => {
    const since = clock.monotonic()
    const taken = batcher.acknowledged(batcher.position())
    try {
      await withDeadline(taken, AUDIT_WAIT_MS, 'taking a request into the audit', clock)
    } catch {
      return null // late, or closed: either way nothing is done about it
    }
    const left = AUDIT_WAIT_MS - (clock.monotonic() - since)
    await until(() => audit.command(requested.id) !== undefined, left)
    return audit.command(requested.id) ?? null
  }

  const begin = async (request: CommandRequest, by: WizardOrder['by'], sids: readonly Sid[]): Promise<Submitted> => {
    const requested = records.request(request, by, sids)
    const command = await enter(requested)
    if (!command) {
      // It comes after the request in the audit, whenever that is: nobody takes it for one that is still to be done.
      records.conclude(request.id, 'refused', 'Kafka did not take it in time: nothing was done')
      return withoutKafka('Kafka does not take commands into the audit: nothing was done')
    }
    const isOurs = command.requested.from === incarnation && command.requested.at === requested.at
    if (!isOurs) return known(request, by) ?? conflict('another command has this id')
    tracker.track(command)
    return (await overtaken(command)) ?? { kind: 'accepted', command: tracker.view(command) }
  }

  /** The owner has the last word on whether its session is still as the wizard saw it. */
  const overtaken = async ({ requested, results }: AuditedCommand): Promise<Submitted | null> => {
    const [sid] = requested.sids
    const saw = sid === undefined ? undefined : requested.request.expect?.[sid]
    if (sid === undefined || saw === undefined || requested.sids.length > 1) return null
    await until(() => results.has(sid), VERDICT_WAIT_MS)
    const is = results.get(sid)?.version
    return is === undefined ? null : conflict('the session has changed', [{ sid, saw, is }])
  }

  const sidsOf = ({ target }: CommandRequest, resolve: (filter: string) => Resolved): Resolved => {
    if ('sids' in target) return { kind: 'sids', sids: [...new Set(target.sids)] }
    if ('filter' in target) return resolve(target.filter)
    const entry = parseEntry(target.entry)
    return entry ? { kind: 'sids', sids: [entry.sid] } : { kind: 'refused', problem: 'no such entry' }
  }

  const take = async (
    request: CommandRequest,
    by: WizardOrder['by'],
    resolve: (filter: string) => Resolved,
  ): Promise<Submitted> => {
    const resolved = sidsOf(request, resolve)
    if (resolved.kind === 'refused') return resolved
    const { sids } = resolved
    if (sids.length === 0) return { kind: 'refused', problem: 'no session matches' }
    if (sids.length > TARGETS_MAX) return { kind: 'refused', problem: `more than ${TARGETS_MAX} sessions match` }
    if (tracker.isFull) return { kind: 'busy', problem: 'too many commands are under way' }
    if (isMass(sids) && tracker.isMassUnderWay) {
      return { kind: 'busy', problem: 'another command of many sessions is under way' }
    }
    if (audit.silentMs > AUDIT_WAIT_MS) return withoutKafka('Kafka does not answer: nothing was done')
    const silent = sessions.silent(sids, request)
    if (silent.size === sids.length) return withoutThem(silent)
    const changed = await changedSince(request.expect ?? {}, sids, parts)
    if (changed.length > 0) return conflict(wordsOf(changed), changed)
    return begin(request, by, sids)
  }

  return {
    async submit(request, by, resolve) {
      const problem = problemOfRequest(request)
      if (problem !== null) return { kind: 'refused', problem }
      if (!audit.isCaughtUp) return withoutKafka('the audit is still being read: nothing was done')
      const before = known(request, by)
      if (before) return before
      const other = entering.get(request.id)
      if (other && !isSameRequest(other.request, request)) return conflict('another command has this id')
      if (other) {
        const first = await other.done
        return first.kind === 'accepted' ? { ...first, kind: 'known' } : first
      }
      const done = take(request, by, resolve).finally(() => entering.delete(request.id))
      entering.set(request.id, { request, done })
      return done
    },
    async stop(id, by) {
      const command = audit.command(id)
      if (!command) return { kind: 'unknown' }
      if (command.stop) return { kind: 'known', command: tracker.view(command) }
      if (!isPaced(command.requested.request))
        return { kind: 'refused', problem: 'it is sent to all at once: nothing of it is left to stop' }
      if (isAnswered(command) || command.concluded) return { kind: 'refused', problem: 'it is over' }
      if (audit.silentMs > AUDIT_WAIT_MS) return { kind: 'unavailable', problem: 'Kafka does not answer' }
      records.stop(id, by)
      const isRead = await until(() => command.stop !== null, AUDIT_WAIT_MS)
      if (isRead) return { kind: 'accepted', command: tracker.view(command) }
      return { kind: 'unavailable', problem: 'Kafka has not taken it yet: it stops when Kafka does' }
    },
    get(id) {
      const command = audit.command(id)
      return command ? tracker.view(command) : null
    },
    audit({ cursor, limit }) {
      if (cursor !== null && !CURSOR.test(cursor)) return null
      const before = cursor === null ? null : Number(cursor)
      const asked = Math.min(Math.max(1, limit), AUDIT_PAGE_MAX)
      const items = audit.newest(before, asked + 1)
      const shown = items.slice(0, asked)
      const next = items.length > asked ? String(shown.at(-1)?.offset ?? 0) : null
      const idOf = (item: (typeof shown)[number]): string => (item.kind === 'command' ? item.requested.id : '')
      const now = clock.monotonic()
      const named = (sid: Sid): AuditTarget | undefined => parts.sessions.named([sid])[0]
      return {
        items: shown.map((item) => itemOf(item, { progress: tracker.progressOf(idOf(item)), now, named })),
        next,
      }
    },
    close: () => tracker.close(),
  }
}

const withoutKafka = (problem: string): Submitted => ({ kind: 'unavailable', part: 'kafka', problem })

/** Nobody is left whom the command could come to. */
function withoutThem(silent: ReadonlyMap<Sid, Silence>): Submitted {
  const all = [...silent.values()]
  const reasons = [...new Set(all.map(({ reason }) => reason))]
  return { kind: 'unavailable', part: all[0]?.role ?? 'server', problem: `${reasons.join(', ')}: nothing was done` }
}

const wordsOf = (changed: readonly Changed[]): string =>
  changed.length === 1 ? 'the session has changed' : `${changed.length} sessions have changed`
