import type { Clock } from '@holdfast/runtime'
import type { Partition, Sid } from '../contracts/index.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'

/** Whole hashes read at once: about 2 ms of Redis. */
const CHUNK = 100
/** 2,000 sessions a second. */
const CHUNK_EVERY_MS = 50
/** A full round at most so often: few sessions are looked at no more often than needed. */
export const ROUND_MS = 8_000

export interface Coverage {
  /** Sessions looked at within the present round. */
  checked: number
  total: number
  /** How long ago the session was looked at whose look is the oldest, ms; at most so long. */
  oldestMs: number
}

export interface SweepOptions {
  clock: Clock
  /** What is to be swept now. */
  owned: () => Iterable<OwnedPartition>
  /** Looks at sessions of one partition. False: it could not be looked at now. */
  look: (owned: OwnedPartition, sids: readonly Sid[]) => Promise<boolean>
  onRound: (sessions: number, tookMs: number) => void
}

export interface Sweep {
  coverage(): Coverage
  close(): void
}

/**
 * Goes through all sessions of all owned partitions, round after round. A partition that could not be looked at is passed
 * over, and its age tells.
 */
export function startSweep({ clock, owned, look, onRound }: SweepOptions): Sweep {
  const closing = new AbortController()
  /** Partition -> when its last complete pass began, or when it was first seen; monotonic ms. */
  const lookedAt = new Map<Partition, number>()
  let checked = 0

  const sweepOne = async (one: OwnedPartition): Promise<void> => {
    const beganAt = clock.monotonic()
    const sids = [...one.sessions.values()].map(({ sid }) => sid)
    let isComplete = true
    for (let i = 0; i < sids.length; i += CHUNK) {
      const chunkAt = clock.monotonic()
      const chunk = sids.slice(i, i + CHUNK)
      const isDone = await look(one, chunk)
      if (isDone) checked += chunk.length
      isComplete &&= isDone
      const took = clock.monotonic() - chunkAt
      await clock.sleep(Math.max(0, (CHUNK_EVERY_MS * chunk.length) / CHUNK - took), closing.signal)
    }
    if (isComplete) lookedAt.set(one.partition, beganAt)
  }

  const round = async (): Promise<void> => {
    const beganAt = clock.monotonic()
    const all = [...owned()]
    const partitions = new Set(all.map(({ partition }) => partition))
    for (const partition of lookedAt.keys()) if (!partitions.has(partition)) lookedAt.delete(partition)
    for (const { partition } of all) if (!lookedAt.has(partition)) lookedAt.set(partition, beganAt)
    checked = 0
    for (const one of all) if (one.sessions.size > 0) await sweepOne(one)
    const tookMs = clock.monotonic() - beganAt
    onRound(checked, tookMs)
    await clock.sleep(Math.max(0, ROUND_MS - tookMs), closing.signal)
  }

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) await round()
  }
  run().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error // only a sleep that was ended rejects
  })

  return {
    coverage() {
      let total = 0
      let oldest = clock.monotonic()
      for (const { partition, sessions } of owned()) {
        if (sessions.size === 0) continue
        total += sessions.size
        oldest = Math.min(oldest, lookedAt.get(partition) ?? oldest)
      }
      return { checked: Math.min(checked, total), total, oldestMs: Math.round(clock.monotonic() - oldest) }
    },
    close: () => closing.abort(),
  }
}
