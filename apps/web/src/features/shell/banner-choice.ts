import type { LiveTick } from '@holdfast/store/contracts'
import type { StreamState } from '#features/live/stream-state.ts'
import { tickAge } from '#features/live/tick-age.ts'
import { ageText } from '#ui/format/duration.ts'
import { countText } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { timeText } from '#ui/format/time.ts'
import { lossOfMany, lossText, silenceText } from './missed-words.ts'

export interface Banner {
  /** The same while it tells of the same trouble: it is said aloud once. */
  id: string
  look: 'bad' | 'unknown'
  title: string
  text: string
  link: { href: string; label: string }
}

/** Behind by more than this, what is shown is not what is. */
const BEHIND_MS = 5_000

export interface BannerFacts {
  tick: LiveTick | null
  stream: StreamState
  /** The console's time; 0 before the page is alive, and then no time is told. */
  now: number
}

/** The worst thing that is wrong with what the console reads; null while nothing is. One at a time: a list of troubles is no help. */
export function bannerOf({ tick, stream, now }: BannerFacts): Banner | null {
  if (stream.kind === 'offline') return OFFLINE
  if (!tick) return null
  // Of a tick that nothing followed nothing is told as if it were so now; where it is not asked for, not even that.
  if (tickAge(tick, now) === 'dead') return stream.kind === 'retrying' ? unanswered(tick, now) : null
  const isRedisDown = !tick.redis.up
  const isKafkaDown = !tick.kafka.up
  if (isRedisDown && isKafkaDown) return bothDown(tick, now)
  if (isRedisDown) return redisDown(tick, now)
  if (isKafkaDown) return kafkaDown(tick, now)
  return behind(tick) ?? silent(tick, now)
}

const HEALTH = { href: '/health', label: 'Open in Health' }

const OFFLINE: Banner = {
  id: 'offline',
  look: 'unknown',
  title: 'This browser is offline.',
  text: 'What is shown is from before. Nothing can be changed.',
  link: HEALTH,
}

const seenAt = ({ sources }: LiveTick, id: string, now: number): string | null =>
  now === 0 ? null : (sources.find((source) => source.id === id)?.observedAt ?? null)

function bothDown(tick: LiveTick, now: number): Banner {
  const seen = [seenAt(tick, 'redis', now), seenAt(tick, 'kafka', now)]
    .filter((at) => at !== null)
    .sort()
    .at(-1)
  return {
    id: 'both-down',
    look: 'bad',
    title: seen ? `No live data since ${timeText(seen)}.` : 'No live data.',
    text: 'Redis and Kafka do not answer. Nothing can be changed.',
    link: HEALTH,
  }
}

function redisDown(tick: LiveTick, now: number): Banner {
  const since = seenAt(tick, 'redis', now)
  const { pending, retrying } = tick.queues
  const waits = pending + retrying
  return {
    id: 'redis-down',
    look: 'bad',
    title: since ? `Redis unreachable since ${timeText(since)}` : 'Redis unreachable.',
    text: `${since ? `(${ageText(now - Date.parse(since))}). ` : ''}Play goes on, ${countText(waits)} ${waits === 1 ? 'write waits' : 'writes wait'}. Values that depend on Redis are hatched. Reconcile is off.`,
    link: { href: '/queues', label: 'Open Queues' },
  }
}

function kafkaDown(tick: LiveTick, now: number): Banner {
  const since = seenAt(tick, 'kafka', now)
  return {
    id: 'kafka-down',
    look: 'bad',
    title: since
      ? `Live stream stopped at ${timeText(since)}; showing Redis.`
      : 'Kafka does not answer; showing Redis.',
    text: 'What memories hold is unknown until Kafka answers. Commands are off.',
    link: HEALTH,
  }
}

function behind({ behindMs, lag }: LiveTick): Banner | null {
  if (behindMs === null || behindMs < BEHIND_MS) return null
  return {
    id: 'behind',
    look: 'unknown',
    title: `Console is ${Math.round(behindMs / 1_000)} s behind`,
    text: `(${countText(lag)} records). What memories hold is shown as of then.`,
    link: HEALTH,
  }
}

/** Who fell silent and is missed; one whose sessions others have taken is told of in Health, and is no trouble any more. */
function silent(tick: LiveTick, now: number): Banner | null {
  const { missed } = tick
  const [first] = missed
  if (!first) return null
  const names = missed.map(({ id }) => id)
  const id = `silent:${names.join()}`
  if (missed.length === 1) {
    const isHolding = first.sessions > 0 || first.partitions > 0
    const text = `${lossText(first)}${isHolding ? ' Commands for it are refused until it answers.' : ''}`
    return { id, look: 'unknown', title: silenceText(first.id, tick, now), text, link: HEALTH }
  }
  const text = `${lossOfMany(missed)} Commands for them are refused until they answer.`
  return { id, look: 'unknown', title: `${names.map(processName).join(', ')} are silent.`, text, link: HEALTH }
}

function unanswered({ now: told }: LiveTick, now: number): Banner {
  return {
    id: 'unanswered',
    look: 'unknown',
    title: `The console has not answered since ${timeText(told)}`,
    text: `(${ageText(now - Date.parse(told))}). What is shown is from then. It is asked again every 4 s.`,
    link: HEALTH,
  }
}
