import type { Clock } from '@holdfast/runtime'
import type { AuditTarget, CommandRequest, Sid } from '../contracts/index.ts'
import type { Batcher } from '../kafka/batcher.ts'
import type { AuditLog } from './audit-log.ts'
import type { Silence } from './silence-watch.ts'
import type { Verification } from './verify-sessions.ts'

/** What a console's commands need of its read model. */
export interface SessionsSeen {
  /** Versions as owners last published them; null for a session that is unknown or has ended. */
  versions(sids: readonly Sid[]): ReadonlyMap<Sid, string | null>
  /** Who they are now, of those that are known. */
  named(sids: readonly Sid[]): readonly AuditTarget[]
  /** To whom such a command cannot come now, each with why: the process that it needs is known, and silent. */
  silent(sids: readonly Sid[], request: Pick<CommandRequest, 'type' | 'target'>): ReadonlyMap<Sid, Silence>
  /** The index entries in Redis now, of those that have one. Rejects when Redis does not answer. */
  storedVersions(sids: readonly Sid[]): Promise<ReadonlyMap<Sid, string>>
  /** Reads all copies again and tells how they stand, within some seconds. */
  verify(sids: readonly Sid[]): Promise<ReadonlyMap<Sid, Verification>>
}

export interface CommandParts {
  audit: AuditLog
  batcher: Pick<Batcher, 'send' | 'position' | 'acknowledged' | 'oldestMs'>
  sessions: SessionsSeen
  clock: Clock
  /** This console, as `from`. */
  incarnation: string
}
