import { type Clock, messageOf } from '@holdfast/runtime'
import { type Partition, partitionOf, type Sid, type Verdict } from '../contracts/index.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { RedisReader } from '../redis/redis-copies.ts'
import type { AuditMetrics, Pass } from './audit-metrics.ts'
import type { CaseBook } from './case-book.ts'
import type { Look, Observer } from './observer.ts'
import { createPasses } from './passes.ts'
import type { Repairs } from './repairs.ts'
import { type Coverage, startSweep } from './sweep.ts'
import type { Trust } from './trust.ts'

/** The index of each partition and all keys are compared this often. */
export const PASS_MS = 5_000
/** Suspects are looked at again this often. */
export const SUSPECTS_MS = 1_000
/** Suspects looked at in one turn, and in one read. */
const TURN_MAX = 2_000
const CHUNK = 100

export type Recheck =
  | { kind: 'looked'; verdict: Verdict }
  | { kind: 'not-owned' }
  /** The copies cannot be compared now. */
  | { kind: 'doubt'; why: string }

export interface Auditor {
  coverage(): Coverage
  /** Looks at a session now, and has both memories published. A single look never finds a difference that stands. */
  recheck(sid: Sid): Promise<Recheck>
  /** A wizard's command is putting the session right: what heals next was healed by it. */
  expectCommand(sid: Sid): void
  close(): void
}

export interface AuditorOptions {
  clock: Clock
  lives: () => Iterable<{ owned: OwnedPartition }>
  life: (partition: Partition) => { owned: OwnedPartition } | undefined
  redis: RedisReader
  observer: Observer
  trust: Pick<Trust, 'doubt'>
  cases: CaseBook
  repairs: Pick<Repairs, 'publish'>
  seen: AuditMetrics
}

/**
 * Compares the copies of every session that this process owns, for as long as it owns it: all indexes and all keys every
 * PASS_MS, all whole hashes in rounds, and what is suspected each second until it agrees or stands. With the grace of a
 * difference everything is seen within 15 s of its beginning, up to 20,000 sessions a server. Nothing is judged while
 * memory, Kafka or Redis is late (trust.ts).
 */
export function startAuditor(options: AuditorOptions): Auditor {
  const { clock, lives, life, redis, observer, trust, cases, repairs, seen } = options

  const owned = function* (): Iterable<OwnedPartition> {
    for (const one of lives()) if (one.owned.loaded) yield one.owned
  }
  const lifeOf = (partition: Partition): OwnedPartition | undefined => life(partition)?.owned
  const passes = createPasses({
    clock,
    redis,
    owned,
    life: lifeOf,
    canJudge: (one) => trust.doubt(one) === null,
    suspect: cases.suspect,
  })

  const takeAll = (one: OwnedPartition, looks: readonly Look[]): void => {
    for (const look of looks) cases.take(one, look)
  }

  /** A round of Redis that fails is counted and left to the next one. */
  const attempt = async <T>(pass: Pass, work: () => Promise<T>): Promise<T | null> => {
    const beganAt = clock.monotonic()
    try {
      const result = await work()
      if (pass !== 'hashes') seen.passed(pass, clock.monotonic() - beganAt)
      return result
    } catch (error) {
      seen.failed(pass, messageOf(error))
      return null
    }
  }

  const lookAgain = async (): Promise<void> => {
    cases.forgetLost((one) => lifeOf(one.partition) ?? null)
    let left = TURN_MAX
    for (const [one, subjects] of cases.suspects()) {
      for (let i = 0; i < subjects.length && left > 0; i += CHUNK) {
        const chunk = subjects.slice(i, i + Math.min(CHUNK, left))
        left -= chunk.length
        const looks = await observer.look(one, chunk)
        if (looks.kind === 'doubt') break
        takeAll(one, looks.looks)
      }
    }
  }

  const timers = [
    every(clock, PASS_MS, () => attempt('index', passes.index)),
    every(clock, PASS_MS, () => attempt('keys', passes.keys)),
    every(clock, SUSPECTS_MS, () => attempt('suspects', lookAgain)),
  ]
  const sweep = startSweep({
    clock,
    owned,
    async look(one, sids) {
      // Those under suspicion are looked at oftener, and a look between would hide how long they have differed.
      const others = sids.filter((sid) => !cases.has(sid))
      const looks = await attempt('hashes', () => observer.sweep(one, others))
      if (looks?.kind === 'seen') takeAll(one, looks.looks)
      return looks?.kind === 'seen'
    },
    onRound: (_, tookMs) => seen.passed('hashes', tookMs),
  })

  const recheck = async (sid: Sid): Promise<Recheck> => {
    const one = lifeOf(partitionOf(sid))
    if (!one) return { kind: 'not-owned' }
    repairs.publish(one, [sid])
    const subject = cases.subject(sid) ?? { sid, before: new Map(), since: clock.monotonic() }
    const looks = await attempt('suspects', () => observer.look(one, [subject]))
    if (looks === null) return { kind: 'doubt', why: 'Redis does not answer' }
    if (looks.kind === 'doubt') return looks
    const [look] = looks.looks
    if (!look) return { kind: 'doubt', why: 'nothing was read' }
    cases.take(one, look)
    return { kind: 'looked', verdict: look.verdict }
  }

  return {
    coverage: sweep.coverage,
    recheck,
    expectCommand: cases.expectCommand,
    close() {
      for (const timer of timers) timer.cancel()
      sweep.close()
      cases.forgetLost(() => null)
    },
  }
}

/** Does something at intervals, never twice at once. */
function every(clock: Clock, ms: number, work: () => Promise<unknown>): { cancel(): void } {
  let isRunning = false
  return clock.setInterval(() => {
    if (isRunning) return
    isRunning = true
    void work().finally(() => {
      isRunning = false
    })
  }, ms)
}
