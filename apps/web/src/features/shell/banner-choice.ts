import type { LiveTick, Source } from '@holdfast/store/contracts'
import type { StreamState } from '#features/live/stream-state.ts'
import { ageText } from '#ui/format/duration.ts'
import { countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { roleOf } from './source-figures.ts'

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
  /** The console's time. */
  now: number
}

/** The worst thing that is wrong with what the console reads; null while nothing is. One at a time: a list of troubles is no help. */
export function bannerOf({ tick, stream, now }: BannerFacts): Banner | null {
  if (stream.kind === 'offline') return OFFLINE
  if (!tick) return null
  const isRedisDown = !tick.redis.up
  const isKafkaDown = !tick.kafka.up
  if (isRedisDown && isKafkaDown) return bothDown(tick)
  if (isRedisDown) return redisDown(tick, now)
  if (isKafkaDown) return kafkaDown(tick)
  return behind(tick) ?? silent(tick.sources, now)
}

const HEALTH = { href: '/health', label: 'Open in Health' }

const OFFLINE: Banner = {
  id: 'offline',
  look: 'unknown',
  title: 'This browser is offline.',
  text: 'What is shown is from before. Nothing can be changed.',
  link: HEALTH,
}

const seenAt = ({ sources }: LiveTick, id: string): string | null =>
  sources.find((source) => source.id === id)?.observedAt ?? null

function bothDown(tick: LiveTick): Banner {
  const seen = [seenAt(tick, 'redis'), seenAt(tick, 'kafka')]
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
  const since = seenAt(tick, 'redis')
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

function kafkaDown(tick: LiveTick): Banner {
  const since = seenAt(tick, 'kafka')
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

function silent(sources: readonly Source[], now: number): Banner | null {
  const dead = sources.filter(({ id, status }) => status === 'dead' && roleOf(id) !== null)
  const [first] = dead
  if (!first) return null
  const names = dead.map(({ id }) => id)
  const since = first.observedAt === null ? '' : ` for ${ageText(now - Date.parse(first.observedAt))}`
  const isOne = dead.length === 1
  return {
    id: `silent:${names.join()}`,
    look: 'unknown',
    title: isOne ? `${first.id} has been silent${since}.` : `${names.join(', ')} are silent.`,
    text: `${isOne ? 'Its' : 'Their'} sessions are Unknown. Commands for them are refused until ${isOne ? 'it answers' : 'they answer'}.`,
    link: HEALTH,
  }
}
