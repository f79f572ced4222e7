import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts } from '@holdfast/stack'
import { Redis } from 'ioredis'
import { type Child, spawnScript } from './child.ts'
import { type ProcessEntry, type Role, readProcesses } from './processes.ts'
import { readiness } from './readiness.ts'

/** A running Holdfast, and the ways into it that the contract names. */
export interface Game {
  readonly dataDir: string
  readonly telnetPort: number
  /** Where the console is; nothing listens there unless it was asked for. */
  readonly webPort: number
  /** Ports of `/readyz` and `/metrics`: the gateway's, then each server's, then the console's. */
  readonly httpPorts: readonly number[]
  /** A plain client: what `redis-cli` would see. */
  readonly redis: Redis
  readonly redisUrl: string
  /** The process as `processes.json` has it now; waits where it is just being started again. */
  process(role: Role, index?: number): Promise<ProcessEntry>
  /** Sends a signal by the pid in `processes.json`, SIGKILL where none is named; returns that pid. */
  kill(role: Role, index?: number, signal?: NodeJS.Signals): Promise<number>
  /** Resolves when every `/readyz` says 200. */
  ready(ms?: number): Promise<void>
  /** What the start has said so far. */
  output(): string
  /** Stops it as Ctrl-C does and removes the data. Throws unless it ends well and in time. */
  stop(): Promise<void>
}

export type GameOptions = {
  servers?: number
  /** Also the console, which takes half a minute to build when its sources have changed. Left out when not given. */
  console?: boolean
  /** A Redis that the test owns, instead of the game's own. */
  redisUrl?: string
  env?: NodeJS.ProcessEnv
  /** A folder of an earlier game; then the caller removes it. */
  dataDir?: string
}

export const WIZARD = { name: 'Wizard', password: 'wizard-of-the-tests' }

/** The first start of a machine fetches Kafka's jars. */
const START_MS = 300_000
const STOP_MS = 60_000
const READY_MS = 30_000
const RESTART_MS = 30_000

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'holdfast-e2e-'))

/** `HOLDFAST_E2E_KEEP=1` leaves data and logs for a look. */
export function removeDataDir(dataDir: string): void {
  if (process.env.HOLDFAST_E2E_KEEP === '1') console.log(`  kept: ${dataDir}`)
  else rmSync(dataDir, { recursive: true, force: true })
}

type Launch = { child: Child; dataDir: string; telnetPort: number; webPort: number; httpPorts: number[] }

/** Starts what `npm start` starts, the console only where it is asked for, and does not wait. */
export async function launchStart({
  servers = 1,
  console: withConsole = false,
  redisUrl,
  env = {},
  dataDir = newDataDir(),
}: GameOptions = {}): Promise<Launch> {
  const [telnetPort = 0, httpPort = 0, webPort = 0] = await freePorts(3)
  const serverPorts = await freePorts(servers, new Set([telnetPort, httpPort, webPort]))
  // The next servers take the next free ports after the first: processes.json tells which.
  const child = spawnScript('tools/stack/src/main.ts', ['start', ...(withConsole ? [] : ['--without-console'])], {
    HOLDFAST_DATA_DIR: dataDir,
    HOLDFAST_TELNET_PORT: String(telnetPort),
    HOLDFAST_HTTP_PORT: String(httpPort),
    HOLDFAST_WEB_PORT: String(webPort),
    HOLDFAST_SERVER_HTTP_PORT: String(serverPorts[0]),
    HOLDFAST_SERVERS: String(servers),
    HOLDFAST_WIZARD_NAME: WIZARD.name,
    HOLDFAST_WIZARD_PASSWORD: WIZARD.password,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...env,
  })
  const httpPorts = [httpPort, serverPorts[0] ?? 0, ...(withConsole ? [webPort] : [])]
  return { child, dataDir, telnetPort, webPort, httpPorts }
}

/** Resolves when the banner is out; throws with all that was said where the start ends before. */
export async function untilBanner(child: Child, ms = START_MS): Promise<void> {
  await waitUntil(() => child.output().includes('Holdfast is up') || child.hasExited(), {
    timeoutMs: ms,
    what: 'the banner',
  })
  if (child.hasExited()) throw new Error(`the start has ended:\n${child.output()}`)
}

/** Resolves when the processes on these ports all say that they can serve. */
export async function untilReady(httpPorts: readonly number[], ms = READY_MS): Promise<void> {
  await waitUntil(
    async () => {
      const answers = await Promise.all(httpPorts.map(readiness))
      const late = answers.filter(({ status }) => status !== 200)
      if (late.length > 0) throw new Error(late.map(({ body }) => body).join('; '))
      return true
    },
    { timeoutMs: ms, everyMs: 50, what: '/readyz of all' },
  )
}

export function findProcess(dataDir: string, role: Role, index = 0): Promise<ProcessEntry> {
  return waitUntil(() => readProcesses(dataDir).find((entry) => entry.role === role && entry.index === index), {
    timeoutMs: RESTART_MS,
    what: `${role} ${index} in processes.json`,
  })
}

/** Errors of its connection are met by the tests that stop Redis; each command still fails on its own. */
export function openRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 3, retryStrategy: () => 100 })
  redis.on('error', () => undefined)
  return redis
}

/** A game of its own, run by the product's own supervisor in a fresh folder on free ports. Resolves when it is ready. */
export async function startGame(options: GameOptions = {}): Promise<Game> {
  const { child, dataDir, telnetPort, webPort, httpPorts } = await launchStart(options)
  await untilBanner(child)
  const portsOf = (role: Role) => readProcesses(dataDir).filter((entry) => entry.role === role)
  const others = [...portsOf('server'), ...portsOf('web')].map(({ ports }) => ports.http ?? 0)
  const allHttpPorts = [httpPorts[0] ?? 0, ...others]
  await untilReady(allHttpPorts)
  const redisUrl = options.redisUrl ?? `redis://127.0.0.1:${(await findProcess(dataDir, 'redis')).ports.redis}`
  const redis = openRedis(redisUrl)

  return {
    dataDir,
    telnetPort,
    webPort,
    httpPorts: allHttpPorts,
    redis,
    redisUrl,
    process: (role, index) => findProcess(dataDir, role, index),
    async kill(role, index, signal = 'SIGKILL') {
      const { pid } = await findProcess(dataDir, role, index)
      process.kill(pid, signal)
      return pid
    },
    ready: (ms) => untilReady(allHttpPorts, ms),
    output: child.output,
    async stop() {
      redis.disconnect()
      child.process.kill('SIGTERM')
      const code = await child.exited(STOP_MS)
      if (options.dataDir === undefined) removeDataDir(dataDir)
      if (code !== 0) throw new Error(`the game ended with exit code ${code}:\n${child.output()}`)
    },
  }
}
