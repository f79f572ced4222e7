import type { Clock } from '@holdfast/runtime'
import { type AuditRecord, auditRecordSchema } from '../contracts/index.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import { type AuditFold, createAuditFold } from './audit-fold.ts'

/** How far `holdfast.audit` has been read; null before Kafka answered for the first time. */
export interface AuditReading {
  /** Everything that was there at the start has been read: until then no id is known to be new. */
  isCaughtUp: boolean
  /** Since Kafka last answered the reader, ms. */
  silentMs: number
}

export interface AuditLog extends Omit<AuditFold, 'apply'> {
  /** Takes a record of `holdfast.audit`, from its start. */
  apply(record: LogRecord): void
  /** Calls back for each record that counts, after it was taken in. Returns a function that ends it. */
  on(listener: (record: AuditRecord) => void): () => void
  readonly isCaughtUp: boolean
  readonly silentMs: number
  readonly unreadable: number
}

/** What a console knows of the audit, kept up by whoever reads the topic. */
export function createAuditLog(clock: Clock, reading: () => AuditReading | null): AuditLog {
  const fold = createAuditFold()
  const listeners = new Set<(record: AuditRecord) => void>()
  let unreadable = 0
  return {
    apply({ value, offset }) {
      const decoded = decode(auditRecordSchema, value)
      if (!decoded.ok) {
        unreadable++
        return
      }
      if (!fold.apply(decoded.value, offset, clock.monotonic())) return
      for (const listener of listeners) listener(decoded.value)
    },
    command: fold.command,
    isKnown: fold.isKnown,
    newest: fold.newest,
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get isCaughtUp() {
      return reading()?.isCaughtUp ?? false
    },
    get silentMs() {
      return reading()?.silentMs ?? Number.POSITIVE_INFINITY
    },
    get unreadable() {
      return unreadable
    },
  }
}
