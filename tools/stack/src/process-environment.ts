import type { StackConfig } from './config.ts'
import { nextEnvironment, originsOf } from './console.ts'
import type { GamePorts } from './game-ports.ts'
import { provideSecret } from './secrets.ts'
import type { Ports } from './service.ts'

export type Urls = { redis: string; kafka: string; postgres: string }

export type EnvironmentOptions = {
  config: StackConfig
  urls: Urls
  ports: GamePorts
  secretFile: string
  watch: boolean
}

/**
 * What a process is told. Gateways and the console talk to strangers: they get neither the world's database nor the wizard's
 * password.
 */
export function processEnvironment(
  role: 'gateway' | 'server' | 'web',
  index: number,
  own: Ports,
  { config, urls, ports, secretFile, watch }: EnvironmentOptions,
): NodeJS.ProcessEnv {
  const { HOLDFAST_WIZARD_PASSWORD: _password, DATABASE_URL: _database, ...inherited } = config.env
  const common = {
    ...inherited,
    REDIS_URL: urls.redis,
    KAFKA_BROKERS: urls.kafka,
    HOLDFAST_SECRET: config.secret ?? provideSecret(secretFile),
    HOLDFAST_HOST: config.host,
    HOLDFAST_INDEX: String(index),
  }
  switch (role) {
    case 'server':
      return { ...common, DATABASE_URL: urls.postgres, HOLDFAST_SERVER_HTTP_PORT: String(own.http) }
    case 'web':
      // Players' browsers connect to the first gateway, where HOLDFAST_PUBLIC_WS_URL names no other place.
      return { ...common, ...nextEnvironment(watch), HOLDFAST_HTTP_PORT: String(ports.gateways[0]?.http) }
    case 'gateway': {
      const telnets = own.telnets === undefined ? {} : { HOLDFAST_TELNETS_PORT: String(own.telnets) }
      return {
        ...common,
        HOLDFAST_TELNET_PORT: String(own.telnet),
        HOLDFAST_HTTP_PORT: String(own.http),
        HOLDFAST_WS_ORIGINS: originsOf(config, ports.web[0]),
        ...telnets,
      }
    }
  }
}
