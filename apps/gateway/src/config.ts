import { type Environment, list, networks, origins, port, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'

/** Silence would be worse: an operator would believe in encryption, or in addresses that are a proxy's. */
const isUnset = (value: unknown): boolean => value === undefined
const isOff = (value: string): boolean => value === 'off'

const schema = z.object({
  HOLDFAST_HOST: z.string().default('127.0.0.1'),
  HOLDFAST_TELNET_PORT: port().default(4201),
  HOLDFAST_HTTP_PORT: port().default(4202),
  HOLDFAST_WEB_PORT: port().default(3000),
  HOLDFAST_WS_ORIGINS: origins().optional(),
  HOLDFAST_TRUSTED_PROXIES: networks().prefault(''),
  HOLDFAST_TELNETS_PORT: z.string().optional().refine(isUnset, 'telnet over TLS is not there yet: leave it unset'),
  HOLDFAST_PROXY_PROTOCOL: z.string().default('off').refine(isOff, 'the PROXY protocol is not there yet: leave it off'),
  HOLDFAST_SECRET: z.string().min(16).describe('the secret that all processes share, 16 characters or more'),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379'),
  KAFKA_BROKERS: list().refine((brokers) => brokers.length > 0, 'name a broker, such as 127.0.0.1:9092'),
})

/** The gateway's variables, as documented in `.env.example`; the only reader of this process's environment. */
export function readGatewayConfig(environment: Environment = process.env) {
  const config = readConfig(schema, environment)
  return {
    host: config.HOLDFAST_HOST,
    telnetPort: config.HOLDFAST_TELNET_PORT,
    httpPort: config.HOLDFAST_HTTP_PORT,
    /** Origins of pages that may open a WebSocket; the console's on this machine where nobody has said. */
    wsOrigins: config.HOLDFAST_WS_ORIGINS ?? consoleOrigins(config.HOLDFAST_WEB_PORT),
    /** Proxies that are believed where they say, by X-Forwarded-For, who opens a WebSocket. */
    trustedProxies: config.HOLDFAST_TRUSTED_PROXIES,
    secret: config.HOLDFAST_SECRET,
    redisUrl: config.REDIS_URL,
    brokers: config.KAFKA_BROKERS,
  }
}

const consoleOrigins = (port: number): string[] => ['localhost', '127.0.0.1'].map((host) => `http://${host}:${port}`)

export type GatewayConfig = ReturnType<typeof readGatewayConfig>
