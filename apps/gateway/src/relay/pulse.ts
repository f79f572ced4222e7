import type { Clock } from '@holdfast/runtime'
import type { Batcher } from '@holdfast/store'
import type { Registry } from '../connections/registry.ts'

const TICK_MS = 200
/** Input that Kafka has not taken for so long stops more from being read, as does a full batcher. */
const KAFKA_WAIT_MAX_MS = 60_000

export interface Pulse {
  /** A record was given to the batcher. */
  onSent(): void
  /** Kafka is too far behind to read on. */
  readonly isHeld: boolean
  close(): void
}

/**
 * Lets connections look at what is due, and holds reading back while Kafka does not take what was read: the clients'
 * own TCP then waits, nothing is dropped and memory stays bounded.
 */
export function startPulse({
  registry,
  batcher,
  clock,
}: {
  registry: Registry
  batcher: Pick<Batcher, 'isFull' | 'oldestMs'>
  clock: Clock
}): Pulse {
  let isHeld = false

  const hold = (): void => {
    const isBehind = batcher.isFull || batcher.oldestMs > KAFKA_WAIT_MAX_MS
    if (isBehind === isHeld) return
    isHeld = isBehind
    for (const connection of registry.all()) {
      if (isHeld) connection.hold('kafka')
      else connection.release('kafka')
    }
  }

  const timer = clock.setInterval(() => {
    hold()
    for (const connection of registry.all()) connection.tick()
  }, TICK_MS)
  return {
    onSent() {
      if (batcher.isFull !== isHeld) hold()
    },
    get isHeld() {
      return isHeld
    },
    close: () => timer.cancel(),
  }
}
