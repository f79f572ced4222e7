import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { EXIT } from '@holdfast/runtime'
import { z } from 'zod'
import { endWithUs } from './end-with-us.ts'
import { adviceAbout, type GivenUrls } from './given-services.ts'
import type { CommandLine } from './parent-death.ts'
import { CACHE_DIR, REPO_DIR } from './paths.ts'
import { type Launched, launch, type Ports } from './service.ts'
import { StackError } from './stack-error.ts'
import { describeUnready, Unready } from './unready.ts'

export type GameOptions = {
  role: 'gateway' | 'server' | 'web'
  /** How it is run; as `apps/<role>/src/main.ts` when not given. */
  command?: CommandLine
  ports: Ports
  env: NodeJS.ProcessEnv
  /** Where its health is asked. */
  host: string
  logFile: string
  /** What was given by URL, so that who does not answer is named as its operator knows it. */
  given: GivenUrls
  onUnready?: (why: string) => void
}

/** Stripped and compiled modules are kept: a killed server is back sooner by half a second and more. */
const COMPILED = { NODE_COMPILE_CACHE: join(CACHE_DIR, 'compiled') }

const PROBE_TIMEOUT_MS = 2_000
/** A gateway says goodbye and a server writes what it holds; each of their parts has a shorter deadline of its own. */
const STOP_DEADLINE_MS = 30_000
const PREPARE_DEADLINE_MS = 120_000
/** Sooner than a process itself gives up its wait for Kafka (60 s): whoever started it reads then what was missing. */
const READY_DEADLINE_MS = 50_000

/** True, or throws why not. */
async function isReady(url: string, { role, given }: Pick<GameOptions, 'role' | 'given'>): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      // Not "fetch failed": what is waited for is its port.
      throw new Unready('it does not answer on its port for health yet', { cause })
    },
  )
  const body: unknown = await response.json().catch(() => undefined)
  if (response.status === 200) return true
  throw describeUnready(role, body, given)
}

/** Starts a gateway, a server or the console, which ends by itself when this process is gone (its IPC channel closes). */
export function launchGame({
  role,
  command,
  ports,
  env,
  host,
  logFile,
  given,
  onUnready,
}: GameOptions): Promise<Launched> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${ports.http}`
  return launch({
    role,
    ports,
    url,
    command: command ?? [process.execPath, join(REPO_DIR, `apps/${role}/src/main.ts`)],
    cwd: REPO_DIR,
    env: { ...COMPILED, ...env },
    ipc: true,
    logFile,
    stopDeadlineMs: STOP_DEADLINE_MS,
    readyDeadlineMs: READY_DEADLINE_MS,
    probe: () => isReady(url, { role, given }),
    onUnready,
  })
}

const preparedSchema = z.object({ wizard: z.object({ name: z.string(), created: z.boolean() }) })

/**
 * Migrates the world and makes the first wizard, in a process of the server's. Throws one line when that fails, with what
 * to do about a database that was given by URL.
 */
export function prepareWorld(env: NodeJS.ProcessEnv, given: GivenUrls): Promise<{ name: string; created: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(REPO_DIR, 'apps/server/src/prepare.ts')], {
      cwd: REPO_DIR,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PREPARE_DEADLINE_MS,
    })
    endWithUs(child)
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const said = output.stdout.split('\n').findLast((line) => line.startsWith('{"wizard"'))
      const prepared = said === undefined ? undefined : preparedSchema.safeParse(JSON.parse(said)).data
      if (code === 0 && prepared !== undefined) return resolve(prepared.wizard)
      const lines = output.stderr.trim().split('\n')
      const why = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? ''
      const advice = code === EXIT.config || given.postgres === undefined ? '' : `; ${adviceAbout(['postgres'])}`
      reject(
        new StackError(
          `preparing the world failed (${signal ?? `exit code ${code}`}): ${why.trim().slice(0, 300)}${advice}`,
        ),
      )
    })
  })
}
