import type { HealthReport } from '../contracts/index.ts'
import type { KnownProcess } from './process-table.ts'
import { allPartitions, isRead, type SourceLook, type Standing, sourceOf } from './source-look.ts'

/** As servers count it: some fetches may be slow. */
const KAFKA_LATE_MS = 3_000

export interface HealthFacts {
  look: SourceLook
  processes: Iterable<KnownProcess>
  /** The last ping: null before the first. */
  ping: { isAnswered: boolean; ms: number | null } | null
  /** Records that wait to be read by the console itself. */
  lag: number
  /** Connected sessions by the gateway that holds them. */
  connectedAt: (gateway: string) => number
}

type Body = Omit<HealthReport, 'rev' | 'asOf' | 'sources'>

/**
 * Up: everything that sessions depend on answers. Down: nobody serves players, or nobody can tell. A process that died is no
 * reason once others hold what it held, but stays listed for a minute; for ten where they do not.
 */
export function healthOf(facts: HealthFacts): Body {
  const { look } = facts
  const all = [...facts.processes]
  const links = linksOf({ ...facts, processes: all })
  const processes = all.map(({ id, beat }) => {
    const { role, sessions, partitions, rssBytes, uptimeMs } = beat
    const source = sourceOf(id, look.process(id), look.moment)
    return { ...source, role, sessions, partitions: partitions.length, rssBytes, uptimeMs }
  })
  processes.sort((a, b) => (a.role === b.role ? (a.id < b.id ? -1 : 1) : a.role < b.role ? -1 : 1))
  return { status: statusOf(facts, all, links.redis.up, links.kafka.up), ...links, processes }
}

/** Whether Redis and Kafka answer the console; Kafka's lag is everybody's. */
export function linksOf({
  look,
  ping,
  lag,
  processes,
}: Omit<HealthFacts, 'connectedAt'>): Pick<HealthReport, 'redis' | 'kafka'> {
  const isKafkaUp = doesKafkaAnswer(look)
  const isRedisUp = doesRedisAnswer(look, ping)
  let waiting = lag
  for (const { id, beat } of processes) if (isRead(look.process(id))) waiting += beat.lag
  return {
    redis: { up: isRedisUp, pingMs: isRedisUp ? (ping?.ms ?? null) : null },
    kafka: { up: isKafkaUp, lag: isKafkaUp ? waiting : null },
  }
}

export const doesKafkaAnswer = ({ kafka, moment }: SourceLook): boolean =>
  kafka.asOf !== null && moment.monotonic - kafka.asOf < KAFKA_LATE_MS

export const doesRedisAnswer = ({ redis }: SourceLook, ping: HealthFacts['ping']): boolean =>
  redis.status === 'fresh' && ping?.isAnswered === true

function statusOf(
  { look, connectedAt }: HealthFacts,
  processes: readonly KnownProcess[],
  isRedisUp: boolean,
  isKafkaUp: boolean,
): HealthReport['status'] {
  if (!isKafkaUp) return isRedisUp ? 'degraded' : 'down'
  const standings = processes.map((known) => ({ ...known, standing: look.process(known.id) }))
  const serves = (role: string): boolean =>
    standings.some(({ beat, hasLeft, standing }) => beat.role === role && !hasLeft && isRead(standing))
  if (!serves('server') || !serves('gateway')) return 'down'
  const isMissed = standings.some(({ id, hasLeft, standing }) => !hasLeft && isSilent(standing) && connectedAt(id) > 0)
  const isTroubled = standings.some(({ beat, standing }) => isRead(standing) && isInTrouble(beat))
  const isFresh = isRedisUp && look.log.status === 'fresh' && allPartitions().every((each) => isRead(look.owner(each)))
  return isFresh && !isMissed && !isTroubled ? 'up' : 'degraded'
}

const isSilent = ({ status }: Standing): boolean => status === 'dead'
const isInTrouble = ({ redisUp, queue }: KnownProcess['beat']): boolean => !redisUp || queue.breaker !== 'closed'
