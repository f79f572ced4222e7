import type { Clock } from '@holdfast/runtime'
import type { ControlBoard } from '../control/control-board.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { ProgressWatch } from '../partition/progress-watch.ts'
import type { Breaker } from '../write-behind/breaker.ts'

/**
 * What is known of others comes through Kafka and must be younger than the grace of a difference: else what is merely late
 * would look as if it stood.
 */
const LATE_MS = 2_500
/** How long a record of our own may be under way before what others say counts as late. */
const ECHO_DELAY_MAX_MS = 1_000

export interface Trust {
  /**
   * Why this partition's copies must not be judged now; null where memory is up to date with the log and not held up on its
   * way to Redis. (Whether it is the fenced owner's, the fence says that is read with the copies.)
   */
  doubt(owned: OwnedPartition): string | null
  /** Whether what this process wrote through Kafka has come back in time: what is heard of others is then as young. */
  isHearing(): boolean
  /** A gateway's published copy is what its memory was a moment ago. */
  isHeard(gateway: string): boolean
  close(): void
}

export interface TrustOptions {
  clock: Clock
  /** This process, as its beats name it. */
  incarnation: string
  isCurrent: (owned: OwnedPartition) => boolean
  breaker: Pick<Breaker, 'state'>
  progress: Pick<ProgressWatch, 'caughtUpAt'>
  board: Pick<ControlBoard, 'on' | 'beatOf' | 'isAlive' | 'echoMs'>
  /** The replica of `holdfast.state` has nothing to read that waits. */
  isReplicaFresh: () => boolean
}

/** When an auditor may say anything at all: better silent for a while than one false alarm. */
export function createTrust(options: TrustOptions): Trust {
  const { clock, incarnation, isCurrent, breaker, progress, board, isReplicaFresh } = options
  let echoDelayMs = 0
  const off = board.on('beat', (beat) => {
    if (beat.process === incarnation) echoDelayMs = Math.abs(clock.now() - beat.at)
  })
  const isHearing = (): boolean => board.echoMs < LATE_MS && echoDelayMs < ECHO_DELAY_MAX_MS

  return {
    doubt(owned) {
      if (!owned.loaded || !owned.ready || !isCurrent(owned)) return 'not ready'
      if (breaker.state !== 'closed') return 'the breaker is not closed'
      if (clock.monotonic() - progress.caughtUpAt(owned) > LATE_MS) return 'behind the log'
      return isHearing() ? null : 'Kafka is late'
    },
    isHearing,
    isHeard(gateway) {
      const heard = board.beatOf(gateway)
      const isYoung = heard !== undefined && clock.monotonic() - heard.heardAt < LATE_MS
      return isYoung && board.isAlive(gateway) && isHearing() && isReplicaFresh()
    },
    close: off,
  }
}
