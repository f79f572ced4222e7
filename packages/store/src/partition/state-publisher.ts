import type { Clock } from '@holdfast/runtime'
import type { Partition, Sid } from '../contracts/index.ts'
import { TOMBSTONE_KEPT_MS } from '../redis/partition-loader.ts'
import type { StateReplica } from '../replica/state-replica.ts'
import type { Outbox } from './outbox.ts'
import type { OwnedPartition } from './owned-partition.ts'
import type { Life } from './ownership.ts'
import { newsOf, PENDING_TOLD_AFTER_MS, pendingToTell, publishCopy } from './publish-copy.ts'

/** Activity (idle time, counts) is published this often; who and where at once, by the line. */
const PUBLISH_MS = 1_000
/**
 * In so many steps, each with its share of the partitions: an output that is taken just then waits for one step's records
 * in Kafka, not for those of a second of the whole game.
 */
const PUBLISH_STEPS = 20
const STEP_MS = PUBLISH_MS / PUBLISH_STEPS
const SWEEP_MS = 600_000
/** News of waiting writes in one second, of all partitions together: an outage must not flood the log. */
export const PENDING_NEWS_PER_S = 500

/**
 * Publishes, once a second, the sessions of each partition that were active, and then how far the partition's records are in
 * what has been published: a rebuild of an empty store begins there. Also, at most PENDING_NEWS_PER_S, those of whose waiting
 * writes there is news: none any more, some at last, another try or error. Forgets what ended 48 h ago.
 */
export function startStatePublisher(options: {
  clock: Clock
  lives: () => Iterable<Life>
  outbox: Outbox
  replica: StateReplica
}): { close(): void } {
  const { clock, lives, outbox, replica } = options
  const published = new Map<Partition, string>()
  let turn = 0
  const stepNow = (): number => Math.floor(clock.monotonic() / STEP_MS)
  let doneStep = stepNow()

  const publish = ({ owned, line }: Life): void => {
    const { partition, epoch, next, sessions } = owned
    for (const sid of line.takeActive()) {
      const session = sessions.get(sid)
      if (session) publishCopy(owned, session, outbox, clock)
    }
    const position = `${epoch}:${next}`
    if (published.get(partition) === position) return
    published.set(partition, position)
    outbox.publishPosition(partition, epoch, next)
  }

  /** Publishes those of `sids` that live, as far as `left` reaches; returns what is left of it. */
  const publishNews = (owned: OwnedPartition, sids: Iterable<Sid>, left: number): number => {
    let rest = left
    for (const sid of sids) {
      if (rest === 0) break
      const session = owned.sessions.get(sid)
      if (session) {
        publishCopy(owned, session, outbox, clock)
        rest--
      } else owned.told.delete(sid)
    }
    return rest
  }

  /** What is over first, then what is new, then what has changed; each partition is the first in its turn. */
  const publishAllNews = (all: readonly OwnedPartition[]): void => {
    turn++
    const first = turn % Math.max(1, all.length)
    const inTurn = [...all.slice(first), ...all.slice(0, first)]
    let left = PENDING_NEWS_PER_S
    for (const newsIn of [settledSids, newSids, changedSids])
      for (const owned of inTurn) left = publishNews(owned, newsIn(owned, clock, left), left)
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

  /** All steps since the last time: a timer that comes late must not make a second longer. */
  const publishDue = (): void => {
    const step = stepNow()
    const steps = Math.min(step - doneStep, PUBLISH_STEPS)
    const turns = new Set(Array.from({ length: steps }, (_, back) => (step - back) % PUBLISH_STEPS))
    const isNewSecond = Math.floor(step / PUBLISH_STEPS) > Math.floor(doneStep / PUBLISH_STEPS)
    doneStep = step
    const loaded = [...lives()].filter(({ owned }) => owned.loaded)
    for (const life of loaded) if (turns.has(life.owned.partition % PUBLISH_STEPS)) publish(life)
    if (isNewSecond) publishAllNews(loaded.map(({ owned }) => owned))
  }

  const publishTimer = clock.setInterval(publishDue, STEP_MS)
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

/** Told as waiting, and stored by now. */
const settledSids = ({ told, dirty }: OwnedPartition): Sid[] => [...told.keys()].filter((sid) => !dirty.has(sid))

/** Waiting for long enough, and never told. */
function* newSids({ told, dirty }: OwnedPartition, clock: Clock): Iterable<Sid> {
  const before = clock.monotonic() - PENDING_TOLD_AFTER_MS
  for (const sid of dirty.deadLetters().keys()) if (!told.has(sid)) yield sid
  for (const [sid, { attempts, since }] of dirty.tried())
    if ((attempts > 0 || since <= before) && !told.has(sid)) yield sid
}

/** Told otherwise. Looks at those first that were looked at longest ago, at most `left` of them. */
function changedSids(owned: OwnedPartition, clock: Clock, left: number): Sid[] {
  const changed: Sid[] = []
  for (const [sid, news] of [...owned.told].slice(0, left)) {
    const pending = pendingToTell(owned, sid, clock)
    if (!pending || newsOf(pending) !== news) changed.push(sid)
    else {
      owned.told.delete(sid)
      owned.told.set(sid, news)
    }
  }
  return changed
}
