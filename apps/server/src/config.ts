import { count, type Environment, list, port, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'

const schema = z.object({
  HOLDFAST_HOST: z.string().default('127.0.0.1'),
  HOLDFAST_SERVER_HTTP_PORT: port().default(4203),
  HOLDFAST_SECRET: z.string().min(16).describe('the secret that all processes share, 16 characters or more'),
  HOLDFAST_GRACE_SECONDS: count({ min: 1, max: 86_400 }).default(120),
  HOLDFAST_LOGIN_WITHOUT_REDIS: z.enum(['allow', 'deny']).default('allow'),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379'),
  KAFKA_BROKERS: list().refine((brokers) => brokers.length > 0, 'name a broker, such as 127.0.0.1:9092'),
  DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://user:password@127.0.0.1:5432/holdfast'),
})

/** The server's variables, as documented in `.env.example`; the only reader of this process's environment. */
export function readServerConfig(environment: Environment = process.env) {
  const config = readConfig(schema, environment)
  return {
    host: config.HOLDFAST_HOST,
    httpPort: config.HOLDFAST_SERVER_HTTP_PORT,
    secret: config.HOLDFAST_SECRET,
    graceMs: config.HOLDFAST_GRACE_SECONDS * 1_000,
    loginWithoutRedis: config.HOLDFAST_LOGIN_WITHOUT_REDIS,
    redisUrl: config.REDIS_URL,
    brokers: config.KAFKA_BROKERS,
    databaseUrl: config.DATABASE_URL,
  }
}

export type ServerConfig = ReturnType<typeof readServerConfig>
