import { messageOf } from '@holdfast/runtime'
import type { Command, CommandRequest, CommandState, Sid } from '../contracts/index.ts'
import type { AuditedCommand } from './audit-fold.ts'
import type { CommandParts } from './command-parts.ts'
import type { CommandRecords } from './command-records.ts'
import { ANSWER_WAIT_MS, commandOf, isAnswered, NO_PROGRESS, outcomeOf, type Progress } from './command-state.ts'
import { dispatch } from './dispatch.ts'
import type { Verification } from './verify-sessions.ts'

/** Commands that one console follows at once. */
export const TRACKED_MAX = 200
/** How long late answers are still listened for. */
const LISTEN_MS = 60_000
/** Commands that are over and whose last look at the copies is remembered. */
const OVER_MAX = 500
const LOOK_MS = 500
/** Copies that were put right agree within a flush and a beat; the rest is for a command whose Redis is slow. */
const VERIFY_MS = 10_000

interface Tracked {
  command: AuditedCommand
  progress: Progress
  /** What was concluded already, though it may not have been read back yet. */
  said: Set<CommandState>
}

/**
 * Follows the commands of this console to their ends, and writes each end down: sent, accepted when Kafka has the first of its
 * records, applied when every session has answered, verified when the copies were read again and agree. `message`, `retry`,
 * `drop`, `recheck` and a dry run change no copy that could be compared: applied is their end.
 */
export function createCommandTracker(parts: CommandParts, records: CommandRecords) {
  const { audit, batcher, clock, sessions } = parts
  const tracked = new Map<string, Tracked>()
  const over = new Map<string, Progress>()
  const sending = new Set<string>()
  const closing = new AbortController()
  const { signal } = closing

  const conclude = ({ command, said }: Tracked, state: CommandState, detail?: string): void => {
    if (said.has(state)) return
    said.add(state)
    records.conclude(command.requested.id, state, detail)
  }

  /** Waits until every session has answered; says once when nothing was heard for too long. False: nobody listens any more. */
  const answered = async (track: Tracked): Promise<boolean> => {
    const { command } = track
    const until = clock.monotonic() + LISTEN_MS
    while (!isAnswered(command)) {
      const silentMs = clock.monotonic() - command.heardAt
      if (silentMs > ANSWER_WAIT_MS) conclude(track, 'timed-out', `no answer within ${ANSWER_WAIT_MS / 1_000} s`)
      if (clock.monotonic() > until) return false
      await heard(command)
    }
    return true
  }

  /** Resolves at the next word about the command, or after a while. */
  const heard = async ({ requested }: AuditedCommand): Promise<void> => {
    const waiting = new AbortController()
    const end = (): void => waiting.abort()
    signal.addEventListener('abort', end, { once: true })
    const off = audit.on((record) => {
      if ('commandId' in record && record.commandId === requested.id) end()
    })
    await clock.sleep(LOOK_MS, waiting.signal).catch(() => undefined) // woken: by a record, or by the end
    off()
    signal.removeEventListener('abort', end)
    signal.throwIfAborted()
  }

  const verify = async (track: Tracked): Promise<void> => {
    const { command, progress } = track
    const { type } = command.requested.request
    let rest = [...command.results.values()].filter(({ outcome }) => outcome === 'done').map(({ sid }) => sid)
    const until = clock.monotonic() + VERIFY_MS
    for (let pauseMs = LOOK_MS; ; pauseMs *= 2) {
      progress.differing = await differingOf(type, rest)
      rest = [...progress.differing.keys()]
      if (rest.length === 0) return conclude(track, 'verified')
      if (rest.every((sid) => isOverruled(command, sid))) return conclude(track, 'superseded')
      if (clock.monotonic() + pauseMs > until) break
      await clock.sleep(pauseMs, signal)
    }
    conclude(track, 'applied', `not verified: ${describe(progress.differing)}`)
  }

  const differingOf = async (type: CommandRequest['type'], sids: readonly Sid[]): Promise<ReadonlyMap<Sid, string>> => {
    const differing = new Map<Sid, string>()
    for (const [sid, verification] of await sessions.verify(sids)) {
      const problem = type === 'disconnect' ? remainsOf(verification) : differenceOf(verification)
      if (problem !== null) differing.set(sid, problem)
    }
    return differing
  }

  /** A later command has changed the session: what this one left can be compared no more. */
  const isOverruled = ({ offset }: AuditedCommand, sid: Sid): boolean =>
    audit.newest(null, TRACKED_MAX).some((item) => {
      if (item.kind !== 'command' || item.offset <= offset) return false
      return isVerifiable(item) && item.results.get(sid)?.outcome === 'done'
    })

  /** Sends everything; why it stopped before the last, null when it did not. */
  const send = async ({ command, progress }: Tracked): Promise<string | null> => {
    const { id } = command.requested
    const first = batcher.position() + 1
    sending.add(id)
    const taken = (): void => {
      progress.isTaken = true
    }
    try {
      const dispatched = dispatch(command, parts, records, signal)
      const [stopped] = await Promise.all([dispatched, batcher.acknowledged(first).then(taken)])
      if (!stopped) return null
      const why = stopped.isCancelled ? `cancelled: ${stopped.problem}` : stopped.problem
      for (const sid of stopped.left) records.skip(id, sid, why)
      return stopped.problem
    } finally {
      sending.delete(id)
    }
  }

  const follow = async (track: Tracked): Promise<void> => {
    const { command } = track
    const stopped = await send(track)
    if (!(await answered(track))) return
    if (outcomeOf(command) === 'failed') conclude(track, 'failed', stopped ?? undefined)
    else if (stopped === null && isVerifiable(command)) await verify(track)
    else conclude(track, 'applied', stopped ?? undefined)
  }

  const finish = ({ command, progress }: Tracked): void => {
    const { id } = command.requested
    tracked.delete(id)
    over.set(id, progress)
    for (const oldest of over.keys()) {
      if (over.size <= OVER_MAX) return
      over.delete(oldest)
    }
  }

  const progressOf = (id: string): Progress => tracked.get(id)?.progress ?? over.get(id) ?? NO_PROGRESS

  return {
    get isFull() {
      return tracked.size >= TRACKED_MAX
    },
    /** A command of many sessions is being sent. */
    get isMassUnderWay() {
      return [...sending].some((id) => isMass(audit.command(id)?.requested.sids ?? []))
    },
    /** Sends the command, which is in the audit, and follows it. */
    track(command: AuditedCommand): void {
      const progress: Progress = { isTaken: false, differing: new Map() }
      const track: Tracked = { command, progress, said: new Set() }
      tracked.set(command.requested.id, track)
      follow(track)
        // Closed: whoever reads the audit later tells from it what became of the command.
        .catch((error: unknown) => {
          if (!signal.aborted) conclude(track, 'failed', messageOf(error))
        })
        .finally(() => finish(track))
    },
    view: (command: AuditedCommand): Command => commandOf(command, progressOf(command.requested.id), clock.monotonic()),
    progressOf,
    close: () => closing.abort(new Error('the console was closed')),
  }
}

export type CommandTracker = ReturnType<typeof createCommandTracker>

/** So many sessions make a mass command; those are sent one at a time. */
const MASS_FROM = 50
export const isMass = (sids: readonly Sid[]): boolean => sids.length >= MASS_FROM

/** Whether it changes copies that can be compared afterwards. */
const isVerifiable = ({ requested: { request } }: AuditedCommand): boolean =>
  request.type === 'disconnect' || (request.type === 'reconcile' && request.dryRun !== true)

function differenceOf(verification: Verification): string | null {
  if (verification.kind === 'differs')
    return `${verification.state}: ${verification.fields.join(', ') || 'the session'}`
  return verification.kind === 'unknown' ? `not read: ${verification.reason}` : null
}

const remainsOf = (verification: Verification): string | null =>
  verification.kind === 'gone' ? null : (differenceOf(verification) ?? 'it is still there')

/** `3 sessions still differ`, or of one session in what. */
function describe(differing: ReadonlyMap<Sid, string>): string {
  const [first] = differing.values()
  return differing.size === 1 && first !== undefined ? first : `${differing.size} sessions still differ`
}
