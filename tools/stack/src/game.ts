import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { endWithUs } from './end-with-us.ts'
import type { CommandLine } from './parent-death.ts'
import { CACHE_DIR, REPO_DIR } from './paths.ts'
import { type Launched, launch, type Ports } from './service.ts'
import { StackError } from './stack-error.ts'

export type GameOptions = {
  role: 'gateway' | 'server' | 'web'
  /** How it is run; as `apps/<role>/src/main.ts` when not given. */
  command?: CommandLine
  ports: Ports
  env: NodeJS.ProcessEnv
  /** Where its health is asked. */
  host: string
  logFile: string
}

/** Stripped and compiled modules are kept: a killed server is back sooner by half a second and more. */
const COMPILED = { NODE_COMPILE_CACHE: join(CACHE_DIR, 'compiled') }

const PROBE_TIMEOUT_MS = 2_000
/** A gateway says goodbye and a server writes what it holds; each of their parts has a shorter deadline of its own. */
const STOP_DEADLINE_MS = 30_000
const PREPARE_DEADLINE_MS = 120_000

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
  await response.body?.cancel()
  return response.status === 200
}

/** Starts a gateway, a server or the console, which ends by itself when this process is gone (its IPC channel closes). */
export function launchGame({ role, command, ports, env, host, logFile }: GameOptions): Promise<Launched> {
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
    probe: () => isReady(url),
  })
}

const preparedSchema = z.object({ wizard: z.object({ name: z.string(), created: z.boolean() }) })

/** Migrates the world and makes the first wizard, in a process of the server's. Throws one line when that fails. */
export function prepareWorld(env: NodeJS.ProcessEnv): Promise<{ name: string; created: boolean }> {
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
      reject(
        new StackError(`preparing the world failed (${signal ?? `exit code ${code}`}): ${why.trim().slice(0, 300)}`),
      )
    })
  })
}
