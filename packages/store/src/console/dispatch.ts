import type { CommandRequest, Sid } from '../contracts/index.ts'
import type { AuditedCommand } from './audit-fold.ts'
import type { CommandParts } from './command-parts.ts'
import type { CommandRecords } from './command-records.ts'

/** Sessions a second of a command that ends or rewrites many. */
export const PACE_PER_S = 50
const TICK_MS = 100
const PACED: readonly CommandRequest['type'][] = ['disconnect', 'reconcile']
/** A mass command stops when so many in a row fail, or this part of them. */
const FAILURES_IN_A_ROW = 5
const FAILED_PART = 0.1
const FAILED_PART_FROM = 20
/** With a record waiting so long for Kafka, nothing more is sent. */
const KAFKA_SILENT_MS = 3_000

export const isPaced = ({ type }: Pick<CommandRequest, 'type'>): boolean => PACED.includes(type)

/** Why a command was not sent to its last session, and whom it left out. */
export interface LeftOut {
  problem: string
  /** A wizard wanted it so. */
  isCancelled: boolean
  left: readonly Sid[]
}

/**
 * Sends a command's records, one a session: at once, or PACE_PER_S of those that end or rewrite sessions; a session at a process
 * that is silent is skipped. Resolves with why it stopped before the last, and whom it left out; null when it came to all.
 */
export async function dispatch(
  command: AuditedCommand,
  parts: CommandParts,
  records: CommandRecords,
  signal: AbortSignal,
): Promise<LeftOut | null> {
  const { request, by, sids } = command.requested
  const step = isPaced(request) ? (PACE_PER_S * TICK_MS) / 1_000 : sids.length
  for (let sent = 0; sent < sids.length; sent += step) {
    if (sent > 0) await parts.clock.sleep(TICK_MS, signal)
    const problem = sent === 0 ? null : problemOf(command, parts)
    if (problem !== null) return { problem, isCancelled: command.stop !== null, left: sids.slice(sent) }
    const next = sids.slice(sent, sent + step)
    const silent = parts.sessions.silent(next, request)
    for (const sid of next) {
      const silence = silent.get(sid)
      if (silence) records.skip(request.id, sid, silence.reason)
      else records.order(sid, request, by)
    }
  }
  return null
}

function problemOf(command: AuditedCommand, { batcher }: CommandParts): string | null {
  if (command.stop) return `stopped by ${command.stop.by.name} (${command.stop.by.dbref})`
  if (batcher.oldestMs > KAFKA_SILENT_MS) return 'stopped: Kafka does not answer'
  const refusals = refusalsIn(command)
  return refusals === null ? null : `stopped: ${refusals}`
}

function refusalsIn({ results }: AuditedCommand): string | null {
  const failures = [...results.values()].map(({ outcome }) => outcome === 'refused')
  const failed = failures.filter(Boolean).length
  const last = failures.slice(-FAILURES_IN_A_ROW)
  if (last.length === FAILURES_IN_A_ROW && last.every(Boolean)) return `${FAILURES_IN_A_ROW} in a row were refused`
  const isTooMuch = failures.length >= FAILED_PART_FROM && failed > failures.length * FAILED_PART
  return isTooMuch ? `${failed} of ${failures.length} were refused` : null
}
