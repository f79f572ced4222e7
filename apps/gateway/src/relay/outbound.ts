import { decode, type LogRecord } from '@holdfast/store'
import { outputRecordSchema, type Sid } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'

export interface OutboundEvents {
  onDropped(what: 'older-epoch' | 'unreadable' | 'no-connection', count: number): void
}

/**
 * The way from the log to clients: a record of an older epoch than its source partition has shown is a former owner's
 * late word, and is dropped; each connection drops what it has had (connections/connection.ts).
 */
export function createOutbound(
  find: (sid: Sid) => Connection | undefined,
  events: OutboundEvents,
): (record: LogRecord) => void {
  const epochs = new Map<number, number>()
  return ({ value }) => {
    const decoded = decode(outputRecordSchema, value)
    if (!decoded.ok) {
      events.onDropped('unreadable', 1)
      return
    }
    const { cause, epoch, to } = decoded.value
    if (epoch < (epochs.get(cause.partition) ?? 0)) {
      events.onDropped('older-epoch', 1)
      return
    }
    epochs.set(cause.partition, epoch)
    for (const sid of to) {
      const connection = find(sid)
      if (connection) connection.deliver(decoded.value)
      else events.onDropped('no-connection', 1)
    }
  }
}
