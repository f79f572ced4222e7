import { join } from 'node:path'
import { type KafkaOptions, startKafka } from './kafka.ts'
import { freePorts } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { providePrograms, type Say } from './programs.ts'
import { startRedis } from './redis.ts'
import type { Service } from './service.ts'

export type Services = {
  redis: Service
  kafka: Service
  postgres: Service
  /** What processes take as environment: REDIS_URL, KAFKA_BROKERS, DATABASE_URL. */
  env: { REDIS_URL: string; KAFKA_BROKERS: string; DATABASE_URL: string }
  /** Stops the three that were started; those that were replaced since are their starters' to stop. */
  stop(): Promise<void>
}

export type ServicesOptions = Pick<KafkaOptions, 'extraListeners'> & { say?: Say }

/** All three on free ports under `dir`, in parallel; ready when the promise resolves. If one fails, the others are stopped. */
export async function startServices(dir: string, { extraListeners, say }: ServicesOptions = {}): Promise<Services> {
  const taken = new Set(extraListeners?.flatMap(({ port, advertisedPort }) => [port, advertisedPort]))
  const [redisPort = 0, kafkaPort = 0, postgresPort = 0] = await freePorts(3, taken)
  const logDir = join(dir, 'logs')
  await providePrograms(['redis', 'java'], say ?? (() => undefined))
  const outcomes = await Promise.allSettled([
    startRedis({ dataDir: join(dir, 'redis'), port: redisPort, logDir, say }),
    startKafka({
      dataDir: join(dir, 'kafka'),
      port: kafkaPort,
      logDir,
      extraListeners,
      promised: new Set([redisPort, postgresPort]),
      say,
    }),
    startPostgres({ dataDir: join(dir, 'postgres'), port: postgresPort, logDir, say }),
  ])
  const [redis, kafka, postgres] = outcomes
  if (redis.status === 'rejected' || kafka.status === 'rejected' || postgres.status === 'rejected') {
    await Promise.all(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.stop() : undefined)))
    throw outcomes.find((outcome) => outcome.status === 'rejected')?.reason
  }
  const started = [redis.value, kafka.value, postgres.value]
  return {
    redis: redis.value,
    kafka: kafka.value,
    postgres: postgres.value,
    env: { REDIS_URL: redis.value.url, KAFKA_BROKERS: kafka.value.url, DATABASE_URL: postgres.value.url },
    stop: async () => void (await Promise.all(started.map((service) => service.stop()))),
  }
}
