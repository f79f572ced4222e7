import { randomUUID } from 'node:crypto'
import type { Clock } from '@holdfast/runtime'
import { type Batcher, type ControlBoard, encode, TOPICS } from '@holdfast/store'
import {
  digestOf,
  PARTITIONS,
  type Partition,
  type PartitionEvent,
  partitionOf,
  type Sid,
} from '@holdfast/store/contracts'
import type { Registry } from '../connections/registry.ts'

const DIGEST_MS = 60_000

/** A connection as owners compare it: its session, and which attachment of a socket it is. */
type Held = readonly [Sid, number]

export interface InventoriesOptions {
  board: Pick<ControlBoard, 'on'>
  registry: Pick<Registry, 'all'>
  batcher: Pick<Batcher, 'send'>
  clock: Clock
  incarnation: string
  slot: number
}

/**
 * Tells owners which connections are held here: a digest of every partition each minute, and what they ask for. It is
 * written among the lifecycle events of the partition, by the same batcher: an owner that has come to it has come to
 * everything that was said of these connections before. So any event that was lost is noticed, and what is not told of
 * here yet (a connection that is being registered) is not counted.
 */
export function tellInventories(options: InventoriesOptions): { close(): void } {
  const { board, registry, batcher, clock, incarnation, slot } = options

  const send = (partition: Partition, event: PartitionEvent): void =>
    batcher.send({ topic: TOPICS.session, partition, key: null, value: encode(event) })

  const tell = (what: 'digest' | 'inventory', partitions: readonly Partition[], ask: string | null): void => {
    const held = heldIn(registry)
    for (const partition of partitions) {
      const all = held.get(partition) ?? []
      const envelope = { v: 1, id: randomUUID(), at: clock.now(), from: incarnation, slot, ask } as const
      if (what === 'digest') send(partition, { ...envelope, type: 'gateway.digest', ...digestOf(all) })
      else send(partition, { ...envelope, type: 'gateway.inventory', held: all.map(([sid, epoch]) => [sid, epoch]) })
    }
  }

  const off = board.on('ask', ({ id, what, gateway, partitions }) => {
    if (gateway !== null && gateway !== incarnation) return
    const asked = new Set(partitions.filter((partition) => partition >= 0 && partition < PARTITIONS))
    tell(what, [...asked], id)
  })
  const timer = clock.setInterval(() => tell('digest', ALL, null), DIGEST_MS)
  return {
    close() {
      off()
      timer.cancel()
    },
  }
}

const ALL: readonly Partition[] = Array.from({ length: PARTITIONS }, (_, partition) => partition)

function heldIn(registry: Pick<Registry, 'all'>): ReadonlyMap<Partition, readonly Held[]> {
  const held = new Map<Partition, Held[]>()
  for (const { sid, fields, isEstablished } of registry.all()) {
    if (!isEstablished) continue
    const partition = partitionOf(sid)
    const some = held.get(partition)
    if (some) some.push([sid, fields.connectionEpoch])
    else held.set(partition, [[sid, fields.connectionEpoch]])
  }
  return held
}
