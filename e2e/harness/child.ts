import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'

export const REPO_DIR = resolve(import.meta.dirname, '../..')

export interface Child {
  readonly process: ChildProcess
  readonly pid: number
  /** All it has written, standard output and error together. */
  output(): string
  hasExited(): boolean
  /** Its exit code; null after a signal. Throws, with its output, where it still runs after `ms`. */
  exited(ms: number): Promise<number | null>
}

/** Settings of another game that a child must not have. Where its ports are taken from is the test run's to say. */
const isOfAGame = (name: string): boolean =>
  (name.startsWith('HOLDFAST_') && name !== 'HOLDFAST_FREE_PORTS') ||
  ['REDIS_URL', 'KAFKA_BROKERS', 'DATABASE_URL'].includes(name)

/** The environment of a child: this process's without any address or setting of another game's. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !isOfAGame(name))
  return { ...Object.fromEntries(inherited), ...extra }
}

/**
 * Runs a script of the repository by this process's Node. The child has an IPC channel, whose end tells it that the tests
 * are gone: nothing is left behind by a run that was killed.
 */
export function spawnScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Child {
  const child = spawn(process.execPath, [resolve(REPO_DIR, script), ...args], {
    cwd: REPO_DIR,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      output += text
    })
  }
  let exit: { code: number | null } | null = null
  child.once('close', (code) => {
    exit = { code }
  })
  if (child.pid === undefined) throw new Error(`${script} cannot be started`)
  return {
    process: child,
    pid: child.pid,
    output: () => output,
    hasExited: () => exit !== null,
    async exited(ms) {
      try {
        return (await waitUntil(() => exit, { timeoutMs: ms, what: `the end of ${script}` })).code
      } catch (error) {
        throw new Error(`${script} still runs after ${ms} ms; it has said:\n${output}`, { cause: error })
      }
    },
  }
}
