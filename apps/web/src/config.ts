import { type Environment, flag, list, networks, port, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'

const schema = z.object({
  HOLDFAST_HTTP_PORT: port().default(4202),
  HOLDFAST_PUBLIC_WS_URL: url(['ws', 'wss'], 'wss://mush.example.org/ws').optional(),
  HOLDFAST_CONSOLE_READONLY: flag().default(false),
  HOLDFAST_TRUSTED_PROXIES: networks().prefault(''),
  HOLDFAST_SECRET: z.string().min(16).describe('the secret that all processes share, 16 characters or more'),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379'),
  KAFKA_BROKERS: list().refine((brokers) => brokers.length > 0, 'name a broker, such as 127.0.0.1:9092'),
  NODE_ENV: z.string().default('production'),
})

/** The console's variables, as documented in `.env.example`; the only reader of this process's environment. */
export function readWebConfig(environment: Environment = process.env) {
  const config = readConfig(schema, environment)
  return {
    gatewayHttpPort: config.HOLDFAST_HTTP_PORT,
    publicWsUrl: config.HOLDFAST_PUBLIC_WS_URL ?? null,
    isReadOnly: config.HOLDFAST_CONSOLE_READONLY,
    trustedProxies: config.HOLDFAST_TRUSTED_PROXIES,
    secret: config.HOLDFAST_SECRET,
    redisUrl: config.REDIS_URL,
    brokers: config.KAFKA_BROKERS,
    isDevelopment: config.NODE_ENV === 'development',
  }
}

export type WebConfig = ReturnType<typeof readWebConfig>
