import type { EventItem } from '@holdfast/store/contracts'

export const BUCKET_MS = 10_000
export const BUCKETS = 360

export interface Bucket {
  connects: number
  disconnects: number
  /** False where nothing of it was read: a gap, never zero. */
  isSeen: boolean
}

export interface Connections {
  /** Oldest first, BUCKETS of them. */
  buckets: readonly Bucket[]
  connects: number
  disconnects: number
  /** The most in one bucket, of either; at least 1. */
  max: number
  /** From when on all is read, epoch ms. */
  seenFrom: number
  gaps: readonly { from: number; to: number; reason: string }[]
}

/**
 * Connects and disconnects of the last hour, ten seconds each. `seenFrom`: what is before was not read. A gap that the console tells
 * of hatches the ten seconds it is in.
 */
export function connectionsOf(items: readonly EventItem[], now: number, seenFrom: number): Connections {
  const start = Math.floor(now / BUCKET_MS) * BUCKET_MS - (BUCKETS - 1) * BUCKET_MS
  const buckets = Array.from(
    { length: BUCKETS },
    (_, index): Bucket => ({
      connects: 0,
      disconnects: 0,
      isSeen: start + (index + 1) * BUCKET_MS > seenFrom,
    }),
  )
  const gaps: { from: number; to: number; reason: string }[] = []
  for (const item of items) {
    const at = Date.parse(item.at)
    const index = Math.floor((at - start) / BUCKET_MS)
    const bucket = buckets[index]
    if (!bucket) continue
    if (item.kind === 'gap') {
      bucket.isSeen = false
      gaps.push({ from: start + index * BUCKET_MS, to: start + (index + 1) * BUCKET_MS, reason: item.reason })
    } else if (item.type === 'connection.opened') bucket.connects++
    else if (item.type === 'connection.closed') bucket.disconnects++
  }
  const sum = (count: (bucket: Bucket) => number): number => buckets.reduce((all, bucket) => all + count(bucket), 0)
  return {
    buckets,
    connects: sum(({ connects }) => connects),
    disconnects: sum(({ disconnects }) => disconnects),
    max: Math.max(1, ...buckets.flatMap(({ connects, disconnects }) => [connects, disconnects])),
    seenFrom: Math.max(start, seenFrom),
    gaps,
  }
}
