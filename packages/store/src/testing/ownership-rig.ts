import { manualClock } from '@holdfast/runtime/testing'
import type { SessionRecord, Sid, WaitingWrite } from '../contracts/index.ts'
import { createOutbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import { createOwnership, type Life } from '../partition/ownership.ts'
import type { StoredPartition } from '../redis/partition-loader.ts'
import { createStateReplica } from '../replica/state-replica.ts'
import { fakeGroup } from './fake-group.ts'
import { AT, sidsOf } from './fixtures.ts'
import { recordingBatcher } from './stand-ins.ts'

export const P = 5
export const [a, b] = twoSids()

function twoSids(): [Sid, Sid] {
  const [first, second] = sidsOf(P, 2)
  if (!first || !second) throw new Error('no sids')
  return [first, second]
}

/** What Redis holds of the partition, and what `acquire` does to it; `lose` answers are lost after their effect. */
function createStore() {
  const store = {
    owner: null as string | null,
    epoch: 0,
    offset: null as number | null,
    flushSequence: 0,
    sessions: [] as SessionRecord[],
    dead: [] as [Sid, number][],
    loseAnswers: 0,
    failLoads: 0,
    loads: 0,
    acquire(minEpoch: number, owner = 'server-1') {
      const { owner: previousOwner, epoch: before } = store
      if (previousOwner !== owner) store.epoch = Math.max(store.epoch + 1, minEpoch, 100)
      store.owner = owner
      if (store.loseAnswers-- > 0) return Promise.reject(new Error('Command timed out'))
      const { epoch, offset, flushSequence } = store
      return Promise.resolve({ epoch, offset, flushSequence, previousOwner, previousEpoch: before || null })
    },
    load(): Promise<StoredPartition> {
      store.loads++
      if (store.failLoads-- > 0) return Promise.reject(new Error('LOADING'))
      const sessions = new Map(structuredClone(store.sessions).map((session) => [session.sid, session]))
      return Promise.resolve({ sessions, dead: new Map(store.dead), unreadable: [] })
    },
    wipe() {
      Object.assign(store, { owner: null, epoch: 0, offset: null, flushSequence: 0, sessions: [], dead: [] })
    },
  }
  return store
}

/** Ownership of partition `P` over a group and a store that the test moves by hand. */
export function takePart() {
  const clock = manualClock(AT)
  const group = fakeGroup()
  const store = createStore()
  const replica = createStateReplica()
  const batcher = recordingBatcher()
  const outbox = createOutbox({ batcher, clock, incarnation: 'server-1', slotOf: () => 0 })
  const heard: string[] = []
  const queued: number[] = []
  const replicaRead = Promise.withResolvers<void>()
  const line = { isFull: false, length: 0 }
  const makeLife = (owned: OwnedPartition, _: () => boolean, since: number): Life => ({
    owned,
    line: {
      enqueue(records) {
        for (const { offset } of records) {
          if (offset < owned.fetched) continue
          owned.fetched = offset + 1
          queued.push(offset)
        }
      },
      get length() {
        return line.length
      },
      get isFull() {
        return line.isFull
      },
      takeActive: () => new Set(),
    },
    flusher: {
      isDue: () => false,
      flush: () => Promise.resolve(),
      storeBinding: () => Promise.resolve('unavailable'),
      retryNow: () => 0,
      drop: () => null,
    },
    worker: { start: ({ sid }) => heard.push(`work ${sid}`), close: () => heard.push('worker closed') },
    since,
    gapAt: null,
  })
  const ownership = createOwnership({
    group,
    replica,
    replicaRead: replicaRead.promise,
    outbox,
    acquire: (_, minEpoch) => store.acquire(minEpoch),
    load: () => store.load(),
    makeLife,
    clock,
    random: () => 0.5,
    events: {
      onReady: ({ partition }, how) => heard.push(`ready ${partition} ${how}`),
      onLost: ({ partition }) => heard.push(`lost ${partition}`),
      onDataGap: (_, wanted, low) => heard.push(`gap ${wanted} ${low}`),
      onUnreadable: (_, all) => heard.push(...all.map(({ problem }) => `unreadable: ${problem}`)),
      onTakeoverFailed: (_, problem) => heard.push(`failed ${problem}`),
      onDead: (error) => heard.push(`dead ${error.message}`),
    },
  })
  group.marks.set(P, { low: 0, high: 40 })
  Object.assign(store, { offset: 40 })
  const settle = (ms = 0) => clock.advance(ms)
  const owned = (): OwnedPartition => {
    const life = ownership.life(P)
    if (!life) throw new Error('not owned')
    return life.owned
  }
  /** The line has applied everything up to here. */
  const applied = (next: number) => {
    Object.assign(owned(), { next, fetched: Math.max(next, owned().fetched) })
    ownership.onProgress(owned())
  }
  const begin = async (sameMember = false) => {
    await ownership.start()
    replicaRead.resolve()
    group.join([P], sameMember)
    await settle()
  }
  const publish = (record: SessionRecord, epoch: number, pending: WaitingWrite | null = null) =>
    replica.apply(stateRecord({ kind: 'session', epoch, owner: 'server-0', record, pending }))
  const publishPosition = (epoch: number, offset: number) =>
    replica.apply(stateRecord({ kind: 'position', epoch, owner: 'server-0', partition: P, offset }))
  return {
    clock,
    group,
    store,
    replica,
    batcher,
    heard,
    queued,
    line,
    replicaRead,
    ownership,
    settle,
    owned,
    applied,
    begin,
    publish,
    publishPosition,
  }
}

const stateRecord = (record: object) => ({
  partition: P,
  offset: 0,
  key: null,
  value: Buffer.from(JSON.stringify({ v: 1, at: AT, ...record })),
})
/** How many sessions were published as ended. */
export const ended = (sent: readonly { value: string | null }[]) =>
  sent.filter(({ value }) => value?.includes('"ended"')).length
