import { join } from 'node:path'
import { createLogger, generatePassword, type Lifecycle, systemClock } from '@holdfast/runtime'
import { banner } from './banner.ts'
import type { StackConfig } from './config.ts'
import { consoleCommand } from './console.ts'
import { provideConsole } from './console-build.ts'
import { provideDataFolder } from './data-folder.ts'
import { lockDataFolder } from './data-lock.ts'
import { launchGame, prepareWorld } from './game.ts'
import { assignGamePorts, type GamePorts } from './game-ports.ts'
import { announceServices, type ServiceName } from './given-services.ts'
import { type KafkaOptions, launchKafka } from './kafka.ts'
import { stopLeftovers } from './leftovers.ts'
import { launchPostgres } from './postgres.ts'
import { processEnvironment, type Urls } from './process-environment.ts'
import { createProcessTable } from './process-table.ts'
import { type ProgramName, providePrograms, type Say } from './programs.ts'
import { launchRedis } from './redis.ts'
import type { Launched, Ports } from './service.ts'
import { provideServicePorts } from './service-ports.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

export type Stack = { supervisor: Supervisor; banner: string }

export type StackOptions = {
  config: StackConfig
  /** The console is compiled page by page as it is opened, instead of before. */
  watch: boolean
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
async function startServices({ config, say }: StackOptions, supervisor: Supervisor, gamePorts: GamePorts) {
  const { logs, servicePorts } = pathsOf(config.dataDir)
  await providePrograms(missingPrograms(config), say)
  const ofGame = Object.values(gamePorts).flat().flatMap(Object.values)
  const ports = await provideServicePorts(servicePorts, new Set(ofGame))
  const promised = new Set([...ofGame, ...Object.values(ports)])
  const provide = async (role: ServiceName, start: (options: KafkaOptions) => Promise<Launched>) => {
    const given = config.urls[role]
    if (given !== undefined) return given
    const options = {
      dataDir: join(config.dataDir, role),
      port: ports[role],
      logDir: logs,
      promised,
      say,
      outlivesUs: true,
    }
    const logFile = join(logs, `${role}-0.log`)
    return (await supervisor.add({ role, index: 0, logFile, launch: () => start(options) })).url
  }
  return {
    redis: provide('redis', launchRedis),
    kafka: provide('kafka', launchKafka),
    postgres: provide('postgres', launchPostgres),
  }
}

/** Servers, gateways and the console; each resolves when it answers. */
function startProcesses(options: StackOptions, supervisor: Supervisor, urls: Urls, ports: GamePorts) {
  const { config, watch, say } = options
  const { logs, secret } = pathsOf(config.dataDir)
  const environments = { config, urls, ports, secretFile: secret, watch }
  const start = (role: 'gateway' | 'server' | 'web', own: Ports, index: number) => {
    const env = processEnvironment(role, index, own, environments)
    const logFile = join(logs, `${role}-${index}.log`)
    const command = role === 'web' ? consoleCommand(config, own, watch) : undefined
    const onUnready = (why: string) => say(`${role} ${index} is not ready yet: ${why}`)
    const about = { role, command, ports: own, env, host: config.probeHost, logFile, given: config.urls, onUnready }
    const launch = () => launchGame(about)
    return supervisor.add({ role, index, logFile, launch })
  }
  return [
    ...ports.servers.map((own, index) => start('server', own, index)),
    ...ports.gateways.map((own, index) => start('gateway', own, index)),
    ...ports.web.map((own, index) => start('web', own, index)),
  ]
}

async function prepare({ config, say }: StackOptions, databaseUrl: string) {
  const generated = config.wizard.password === undefined ? generatePassword() : undefined
  const env = {
    ...config.env,
    DATABASE_URL: databaseUrl,
    HOLDFAST_WIZARD_NAME: config.wizard.name,
    HOLDFAST_WIZARD_PASSWORD: config.wizard.password ?? generated,
  }
  const wizard = await prepareWorld(env, config.urls)
  // Here and not only in the banner: a start that fails after this would have shown the password to nobody.
  if (wizard.created) {
    say(`made the first wizard, ${wizard.name}${generated === undefined ? '' : `, with the password ${generated}`}`)
  }
  return { name: wizard.name, password: wizard.created ? generated : undefined }
}

/** Everything of `npm start`, in order; what it starts is the lifecycle's to stop. Throws one line when it cannot. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, lifecycle, say } = options
  const startedAt = systemClock.monotonic()
  const paths = pathsOf(config.dataDir)
  provideDataFolder(config.dataDir)
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
  for (const line of announceServices(config.urls)) say(line)
  const services = await startServices(options, supervisor, ports)
  const isBuildNeeded = ports.web.length > 0 && !options.watch
  // The world is prepared while Kafka still starts: it needs Postgres alone. The console's build needs none of them.
  const [redis, kafka, postgres, wizard] = await Promise.all([
    services.redis,
    services.kafka,
    services.postgres,
    services.postgres.then((databaseUrl) => prepare(options, databaseUrl)),
    isBuildNeeded ? provideConsole(say, join(paths.logs, 'console-build.log')) : undefined,
  ])
  say('starting the game')
  await Promise.all(startProcesses(options, supervisor, { redis, kafka, postgres }, ports))
  const seconds = (systemClock.monotonic() - startedAt) / 1_000
  const facts = { host: config.probeHost, ...ports, wizard, dataDir: config.dataDir, logDir: paths.logs, seconds }
  return { supervisor, banner: banner(facts) }
}

/** The supervisor's own log is its terminal; errors while stopping go there too. */
export const stackLogger = () => createLogger({ name: 'stack', level: 'error' })
