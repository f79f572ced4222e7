import type { Batcher, OutgoingRecord } from '../kafka/batcher.ts'
import type { OrderParts } from '../orders/order-parts.ts'
import type { Flush, FlushOutcome, SessionScripts } from '../redis/session-scripts.ts'

/** Plain objects for the ports that a unit is given. They answer as they are told and remember what they were asked. */

export interface RecordingBatcher extends Batcher {
  readonly sent: readonly OutgoingRecord[]
  isFull: boolean
  /** Kafka has everything up to here; Infinity (the start) for all that comes. */
  acknowledge(upTo: number): void
  /** Ends all waiting, as a batcher that is closed. */
  refuse(): void
  makeRoom(): void
}

export function recordingBatcher({ acknowledged = Number.POSITIVE_INFINITY } = {}): RecordingBatcher {
  const sent: OutgoingRecord[] = []
  let reached = acknowledged
  let waiters: { position: number; resolve: () => void; reject: (error: Error) => void }[] = []
  let roomWaiters: (() => void)[] = []
  const batcher: RecordingBatcher = {
    sent,
    isFull: false,
    send: (record) => void sent.push(record),
    position: () => sent.length,
    acknowledged: (position) =>
      position <= reached
        ? Promise.resolve()
        : new Promise((resolve, reject) => waiters.push({ position, resolve, reject })),
    acknowledge(upTo) {
      reached = upTo
      for (const { resolve } of waiters.filter(({ position }) => position <= upTo)) resolve()
      waiters = waiters.filter(({ position }) => position > upTo)
    },
    refuse() {
      for (const { reject } of waiters) reject(new Error('the batcher is closed'))
      waiters = []
    },
    room: () => (batcher.isFull ? new Promise((resolve) => roomWaiters.push(resolve)) : Promise.resolve()),
    makeRoom() {
      batcher.isFull = false
      for (const resolve of roomWaiters) resolve()
      roomWaiters = []
    },
    get backlogRecords() {
      return sent.length
    },
    backlogBytes: 0,
    oldestMs: 0,
    failures: 0,
    refused: 0,
    close: () => Promise.resolve(0),
  }
  return batcher
}

/** What a wizard's commands meet: a Redis that holds nothing, gateways that live, no writes that wait. */
export function orderParts(parts: Partial<OrderParts> = {}): OrderParts {
  return {
    readCopy: () => Promise.resolve({ kind: 'read', hash: {}, version: null }),
    gateways: { isAlive: () => true, canTell: true, order: () => undefined },
    writes: { store: () => Promise.resolve('stored'), retryNow: () => undefined, drop: () => null },
    recheck: () => undefined,
    reconciled: () => undefined,
    problemOf: () => null,
    onAnswered: () => undefined,
    ...parts,
  }
}

const unasked = (): Promise<never> => Promise.reject(new Error('not a part of this test'))

/** Scripts of which only `flush` is used; each call waits for its own answer. */
export function flushScripts(answer: (flush: Flush, call: number) => Promise<FlushOutcome>): {
  scripts: SessionScripts
  flushes: readonly Flush[]
} {
  const flushes: Flush[] = []
  const scripts: SessionScripts = {
    acquire: unasked,
    register: unasked,
    gatewaySet: unasked,
    detach: unasked,
    lease: unasked,
    flush(flush) {
      flushes.push(flush)
      return answer(flush, flushes.length - 1)
    },
  }
  return { scripts, flushes }
}
