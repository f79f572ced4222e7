import type { Clock } from '@holdfast/runtime'
import type { SessionRecord, Sid, WaitingWrite } from '../contracts/index.ts'
import type { Outbox } from './outbox.ts'
import { type OwnedPartition, waitingOf } from './owned-partition.ts'

/** A write that waits for less is the flush's ordinary delay; saying it would cost another record to take it back. */
export const PENDING_TOLD_AFTER_MS = 1_000

/** What others are told of a session's writes that wait; null where that is nothing, or no news. */
export function pendingToTell(owned: OwnedPartition, sid: Sid, clock: Clock): WaitingWrite | null {
  const waiting = waitingOf(owned, sid)
  if (!waiting) return null
  const isNews = waiting.isDead || waiting.attempts > 0 || clock.now() - waiting.since >= PENDING_TOLD_AFTER_MS
  return isNews ? waiting : null
}

/** Two that are equal need not both be told. */
export const newsOf = ({ isDead, attempts, error }: WaitingWrite): string => `${isDead} ${attempts} ${error}`

/** The only way to publish a session's copy: what it says of waiting writes is remembered, to be taken back when they are stored. */
export function publishCopy(owned: OwnedPartition, session: SessionRecord, outbox: Outbox, clock: Clock): void {
  const { sid } = session
  const pending = pendingToTell(owned, sid, clock)
  owned.told.delete(sid)
  if (pending) owned.told.set(sid, newsOf(pending))
  outbox.publish(session, owned.epoch, pending)
}
