import type { Clock } from '@holdfast/runtime'
import type { Partition } from '../contracts/index.ts'
import { TOMBSTONE_KEPT_MS } from '../redis/partition-loader.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import type { Outbox } from './outbox.ts'
import type { Life } from './ownership.ts'

/** Activity (idle time, counts) is published this often; who and where at once, by the line. */
const PUBLISH_MS = 1_000
const SWEEP_MS = 600_000

/**
 * Publishes, once a second, the sessions that were active, and then how far the partition's records are in what has
 * been published: a rebuild of an empty store begins there. Forgets what ended 48 h ago.
 */
export function startStatePublisher(options: {
  clock: Clock
  lives: () => Iterable<Life>
  outbox: Outbox
  replica: StateReplica
}): { close(): void } {
  const { clock, lives, outbox, replica } = options
  const published = new Map<Partition, string>()

  const publish = ({ owned, line }: Life): void => {
    const { partition, epoch, next, sessions, dirty } = owned
    for (const sid of line.takeActive()) {
      const session = sessions.get(sid)
      if (session) outbox.publish(session, epoch, dirty.waiting(sid))
    }
    const position = `${epoch}:${next}`
    if (published.get(partition) === position) return
    published.set(partition, position)
    outbox.publishPosition(partition, epoch, next)
  }

  const sweep = ({ owned }: Life): void => {
    const before = clock.now() - TOMBSTONE_KEPT_MS
    for (const [sid, at] of owned.dead) if (at < before) owned.dead.delete(sid)
    for (const [sid, at] of replica.endedOf(owned.partition)) {
      if (at >= before) continue
      outbox.forget(sid)
      replica.forgetEnded(sid)
    }
  }

  const publishTimer = clock.setInterval(() => {
    for (const life of lives()) if (life.owned.loaded) publish(life)
  }, PUBLISH_MS)
  const sweepTimer = clock.setInterval(() => {
    for (const life of lives()) if (life.owned.ready) sweep(life)
  }, SWEEP_MS)
  return {
    close() {
      publishTimer.cancel()
      sweepTimer.cancel()
    },
  }
}
