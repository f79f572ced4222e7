import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { count, flag, list, origins, port, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'
// The server's own rule, so that what it would refuse is told before anything is started. It is pure and imports nothing.
import { nameProblem, passwordProblem } from '../../../apps/server/src/world/names.ts'
import { REPO_DIR } from './paths.ts'

const PROCESSES_MAX = 32
const GRACE_SECONDS_MAX = 86_400

/** Silence would be worse: an operator would believe that connections are encrypted. */
const isUnset = (value: unknown): boolean => value === undefined
const isOff = (value: string): boolean => value === 'off'

/** A text that a rule finds nothing wrong with; else the rule's words are the problem. */
const textWithout = (problemIn: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const message = problemIn(text)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })

const BROKER = /^(?:\[[^\]]+\]|[^:\s]+):\d{1,5}$/

const brokersProblem = (text: string): string | null => {
  const brokers = list().parse(text)
  if (brokers.length > 0 && brokers.every((broker) => BROKER.test(broker))) return null
  return 'name brokers by host and port, such as 127.0.0.1:9092, with commas between them'
}

const schema = z.object({
  HOLDFAST_HOST: z.string().default('127.0.0.1'),
  HOLDFAST_TELNET_PORT: port().default(4201),
  HOLDFAST_HTTP_PORT: port().default(4202),
  HOLDFAST_SERVER_HTTP_PORT: port().default(4203),
  HOLDFAST_WEB_PORT: port().default(3000),
  HOLDFAST_TELNETS_PORT: port().optional().refine(isUnset, 'telnet over TLS is not there yet: leave it unset'),
  HOLDFAST_CONSOLE_READONLY: flag().default(false),
  HOLDFAST_PUBLIC_WS_URL: url(['ws', 'wss'], 'wss://mush.example.org/ws').optional(),
  HOLDFAST_WS_ORIGINS: origins().optional(),
  HOLDFAST_PROXY_PROTOCOL: z.string().default('off').refine(isOff, 'the PROXY protocol is not there yet: leave it off'),
  HOLDFAST_DATA_DIR: z.string().default('.data'),
  HOLDFAST_SECRET: z.string().min(16, 'use 16 characters or more').optional(),
  HOLDFAST_WIZARD_NAME: textWithout(nameProblem).default('Wizard'),
  HOLDFAST_WIZARD_PASSWORD: textWithout(passwordProblem).optional(),
  HOLDFAST_LOGIN_WITHOUT_REDIS: z.enum(['allow', 'deny'], 'use "allow" or "deny"').default('allow'),
  HOLDFAST_GRACE_SECONDS: count({ min: 1, max: GRACE_SECONDS_MAX }).default(120),
  HOLDFAST_GATEWAYS: count({ min: 1, max: PROCESSES_MAX }).default(1),
  HOLDFAST_SERVERS: count({ min: 1, max: PROCESSES_MAX }).default(1),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379').optional(),
  KAFKA_BROKERS: textWithout(brokersProblem).optional(),
  DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://user:password@127.0.0.1:5432/holdfast').optional(),
})

export type StackConfig = ReturnType<typeof readStackConfig>

/** Below the range from which systems take the ports of outgoing connections, so that a restart finds its port free. */
const FREE_PORTS = { lowest: 20_000, highest: 32_000 }
const PORT_RANGE = /^(\d{1,5})-(\d{1,5})$/

/**
 * Where ports that nobody named are taken from, `highest` excluded. HOLDFAST_FREE_PORTS (`20000-26000`) gives runs side by side a
 * range each: between drawing a port and listening there, another run could draw the same one.
 */
export function freePortRange(env: NodeJS.ProcessEnv = process.env): { lowest: number; highest: number } {
  const given = env.HOLDFAST_FREE_PORTS
  if (given === undefined) return FREE_PORTS
  const [, lowest = 0, highest = 0] = (PORT_RANGE.exec(given) ?? []).map(Number)
  if (lowest < 1 || highest > 65_536 || highest <= lowest) {
    throw new Error(`HOLDFAST_FREE_PORTS: use two ports such as 20000-26000, the lower one first`)
  }
  return { lowest, highest }
}

/** The environment with what a `.env` file at the root adds to it; what is set already wins. */
export function environment(): NodeJS.ProcessEnv {
  const file = resolve(REPO_DIR, '.env')
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...process.env } : process.env
}

/**
 * What `npm start` and `npm run dev` are told. Throws one `ConfigError` with every problem. `withConsole` false leaves it out:
 * tests of what has nothing to do with it need not build it.
 */
export function readStackConfig(env: NodeJS.ProcessEnv, { withConsole = true } = {}) {
  const given = readConfig(schema, env)
  return {
    env,
    host: given.HOLDFAST_HOST,
    /** Where this process itself reaches what listens on `host`. */
    probeHost: ['0.0.0.0', '::'].includes(given.HOLDFAST_HOST) ? '127.0.0.1' : given.HOLDFAST_HOST,
    ports: {
      telnet: given.HOLDFAST_TELNET_PORT,
      http: given.HOLDFAST_HTTP_PORT,
      serverHttp: given.HOLDFAST_SERVER_HTTP_PORT,
      telnets: given.HOLDFAST_TELNETS_PORT,
      web: withConsole ? given.HOLDFAST_WEB_PORT : undefined,
    },
    dataDir: resolve(REPO_DIR, given.HOLDFAST_DATA_DIR),
    secret: given.HOLDFAST_SECRET,
    wizard: { name: given.HOLDFAST_WIZARD_NAME, password: given.HOLDFAST_WIZARD_PASSWORD },
    gateways: given.HOLDFAST_GATEWAYS,
    servers: given.HOLDFAST_SERVERS,
    wsOrigins: given.HOLDFAST_WS_ORIGINS?.join(','),
    urls: { redis: given.REDIS_URL, kafka: given.KAFKA_BROKERS, postgres: given.DATABASE_URL },
  }
}
