import { BlockList, isIP } from 'node:net'
import { type Environment, flag, list, port, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'

const schema = z.object({
  HOLDFAST_HTTP_PORT: port().default(4202),
  HOLDFAST_PUBLIC_WS_URL: url(['ws', 'wss'], 'wss://mush.example.org/ws').optional(),
  HOLDFAST_CONSOLE_READONLY: flag().default(false),
  HOLDFAST_TRUSTED_PROXIES: list()
    .refine(
      (entries) => entries.every((entry) => networkOf(entry) !== null),
      'use addresses or networks, such as 10.0.0.0/8',
    )
    .default([]),
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
    trustedProxies: blockListOf(config.HOLDFAST_TRUSTED_PROXIES),
    secret: config.HOLDFAST_SECRET,
    redisUrl: config.REDIS_URL,
    brokers: config.KAFKA_BROKERS,
    isDevelopment: config.NODE_ENV === 'development',
  }
}

export type WebConfig = ReturnType<typeof readWebConfig>

interface Network {
  address: string
  prefix: number
  family: 'ipv4' | 'ipv6'
}

/** An address, or a network in CIDR notation; null for neither. */
function networkOf(entry: string): Network | null {
  const [address = '', prefixText, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return null
  const widest = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? widest : Number(prefixText)
  if (!/^\d*$/.test(prefixText ?? '') || prefixText === '' || prefix > widest) return null
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

function blockListOf(entries: readonly string[]): BlockList {
  const found = new BlockList()
  for (const entry of entries) {
    const network = networkOf(entry)
    if (network !== null) found.addSubnet(network.address, network.prefix, network.family)
  }
  return found
}
