import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, generatePassword, type Lifecycle, systemClock } from '@holdfast/runtime'
import { banner } from './banner.ts'
import type { StackConfig } from './config.ts'
import { lockDataFolder } from './data-lock.ts'
import { launchGame, prepareWorld } from './game.ts'
import { assignGamePorts } from './game-ports.ts'
import { launchKafka } from './kafka.ts'
import { stopLeftovers } from './leftovers.ts'
import { launchPostgres } from './postgres.ts'
import { createProcessTable } from './process-table.ts'
import { type ProgramName, providePrograms, type Say } from './programs.ts'
import { launchRedis, type ServiceOptions } from './redis.ts'
import { provideSecret } from './secrets.ts'
import type { Launched, Ports } from './service.ts'
import { provideServicePorts } from './service-ports.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

export type Stack = { supervisor: Supervisor; banner: string }

export type StackOptions = {
  config: StackConfig
  lifecycle: Lifecycle
  say: Say
  /** Called as soon as there is one, before it has children. */
  onSupervisor: (supervisor: Supervisor) => void
}

/** The stop of everything has deadlines of its own, child by child; this one only keeps a bug from hanging the terminal. */
const STOP_ALL_DEADLINE_MS = 90_000

const pathsOf = (dataDir: string) => ({
  logs: join(dataDir, 'logs'),
  table: join(dataDir, 'run/processes.json'),
  servicePorts: join(dataDir, 'run/service-ports.json'),
  secret: join(dataDir, 'secret'),
})

function missingPrograms({ urls }: StackConfig): ProgramName[] {
  return [
    ...(urls.redis === undefined ? ['redis' as const] : []),
    ...(urls.kafka === undefined ? ['java' as const] : []),
  ]
}

/** The three services, those that are not given by URL; each resolves to its URL by itself. */
async function startServices({ config, say }: StackOptions, supervisor: Supervisor) {
  const { logs, servicePorts } = pathsOf(config.dataDir)
  await providePrograms(missingPrograms(config), say)
  const ports = await provideServicePorts(servicePorts)
  const provide = async (
    role: 'redis' | 'kafka' | 'postgres',
    start: (options: ServiceOptions) => Promise<Launched>,
  ) => {
    const given = config.urls[role]
    if (given !== undefined) return given
    const options = { dataDir: join(config.dataDir, role), port: ports[role], logDir: logs, say, outlivesUs: true }
    const logFile = join(logs, `${role}-0.log`)
    return (await supervisor.add({ role, index: 0, logFile, launch: () => start(options) })).url
  }
  return {
    redis: provide('redis', launchRedis),
    kafka: provide('kafka', launchKafka),
    postgres: provide('postgres', launchPostgres),
  }
}
type Urls = { redis: string; kafka: string; postgres: string }

/** Gateways hold sockets of strangers: they get neither the world's database nor the wizard's password. */
function gameEnvironment(config: StackConfig, urls: Urls, role: 'gateway' | 'server', ports: Ports, index: number) {
  const { HOLDFAST_WIZARD_PASSWORD: _password, DATABASE_URL: _database, ...inherited } = config.env
  const common = {
    ...inherited,
    REDIS_URL: urls.redis,
    KAFKA_BROKERS: urls.kafka,
    HOLDFAST_SECRET: config.secret ?? provideSecret(pathsOf(config.dataDir).secret),
    HOLDFAST_HOST: config.host,
    HOLDFAST_INDEX: String(index),
  }
  if (role === 'server') {
    return { ...common, DATABASE_URL: urls.postgres, HOLDFAST_SERVER_HTTP_PORT: String(ports.http) }
  }
  const telnets = ports.telnets === undefined ? {} : { HOLDFAST_TELNETS_PORT: String(ports.telnets) }
  return { ...common, HOLDFAST_TELNET_PORT: String(ports.telnet), HOLDFAST_HTTP_PORT: String(ports.http), ...telnets }
}

function startGame(
  { config }: StackOptions,
  supervisor: Supervisor,
  urls: Urls,
  role: 'gateway' | 'server',
  portsOfEach: readonly Ports[],
) {
  return portsOfEach.map((ports, index) => {
    const env = gameEnvironment(config, urls, role, ports, index)
    const logFile = join(pathsOf(config.dataDir).logs, `${role}-${index}.log`)
    const launch = () => launchGame({ role, ports, env, host: config.probeHost, logFile })
    return supervisor.add({ role, index, logFile, launch })
  })
}

async function prepare({ config, say }: StackOptions, databaseUrl: string) {
  const generated = config.wizard.password === undefined ? generatePassword() : undefined
  const wizard = await prepareWorld({
    ...config.env,
    DATABASE_URL: databaseUrl,
    HOLDFAST_WIZARD_NAME: config.wizard.name,
    HOLDFAST_WIZARD_PASSWORD: config.wizard.password ?? generated,
  })
  if (wizard.created) say(`made the first wizard, ${wizard.name}`)
  return { name: wizard.name, password: wizard.created ? generated : undefined }
}

/** Everything of `npm start`, in order; what it starts is the lifecycle's to stop. Throws one line when it cannot. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, lifecycle, say } = options
  const startedAt = systemClock.monotonic()
  const paths = pathsOf(config.dataDir)
  mkdirSync(paths.logs, { recursive: true })
  await lifecycle.acquire(
    'data folder',
    () => lockDataFolder(config.dataDir),
    (release) => release(),
  )
  await stopLeftovers(paths.table, say)
  const ports = await assignGamePorts(config)
  const supervisor = await lifecycle.acquire(
    'children',
    () => createSupervisor({ table: createProcessTable(paths.table), clock: systemClock, say }),
    (children) => children.stop(),
    { deadlineMs: STOP_ALL_DEADLINE_MS },
  )
  options.onSupervisor(supervisor)
  say('starting Redis, Kafka and Postgres')
  const services = await startServices(options, supervisor)
  // The world is prepared while Kafka still starts: it needs Postgres alone.
  const [redis, kafka, postgres, wizard] = await Promise.all([
    services.redis,
    services.kafka,
    services.postgres,
    services.postgres.then((databaseUrl) => prepare(options, databaseUrl)),
  ])
  say('starting the game')
  const urls = { redis, kafka, postgres }
  await Promise.all([
    ...startGame(options, supervisor, urls, 'server', ports.servers),
    ...startGame(options, supervisor, urls, 'gateway', ports.gateways),
  ])
  const seconds = (systemClock.monotonic() - startedAt) / 1_000
  const facts = { host: config.probeHost, ...ports, wizard, dataDir: config.dataDir, logDir: paths.logs, seconds }
  return { supervisor, banner: banner(facts) }
}

/** The supervisor's own log is its terminal; errors while stopping go there too. */
export const stackLogger = () => createLogger({ name: 'stack', level: 'error' })
