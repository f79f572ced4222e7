import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, messageOf, once, systemClock, withDeadline } from '@holdfast/runtime'
import type { CommandLine } from './parent-death.ts'
import { portIsFree } from './ports.ts'
import { StackError } from './stack-error.ts'
import { Unready } from './unready.ts'

export type Role = 'gateway' | 'server' | 'web' | 'redis' | 'kafka' | 'postgres'
export type Ports = Readonly<Record<string, number>>
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** One running process that this one started. */
export interface Service {
  readonly role: Role
  readonly pid: number
  readonly ports: Ports
  /** How clients reach it. Postgres' carries its password: not for logs. */
  readonly url: string
  alive(): boolean
  /** Asks it to end, and ends it by force after its deadline. Resolves when it is gone; again and again, too. */
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process is gone, for whatever reason. */
  readonly exited: Promise<Exit>
}

/** A service whose process lives but may not answer yet. */
export type Launched = Service & {
  /** Resolves when it answers; rejects when it ends before, or takes longer than its deadline. Does not stop it. */
  readonly ready: Promise<void>
}

export type LaunchSpec = {
  role: Role
  ports: Ports
  url: string
  command: CommandLine
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** As which user; this process's own when not given. */
  user?: { uid: number; gid: number }
  /** Its output is appended here. */
  logFile: string
  /** Gives it an IPC channel, whose end tells it that its supervisor is gone. */
  ipc?: boolean
  stopSignal?: NodeJS.Signals
  stopDeadlineMs?: number
  readyDeadlineMs?: number
  /** Looked at until true. It gets the pid; it may throw, which means "not yet". */
  probe: (pid: number) => Promise<boolean>
  /** Told what the probe threw last: when it has not answered for UNREADY_FIRST_MS, and then each UNREADY_EVERY_MS. */
  onUnready?: (why: string) => void
  clock?: Clock
}

export const UNREADY_FIRST_MS = 5_000
/** Seldom: one line says it, and each further one pushes something else out of sight. */
export const UNREADY_EVERY_MS = 20_000

const PROBE_EVERY_MS = 50
const STOP_DEADLINE_MS = 15_000
const READY_DEADLINE_MS = 60_000

/** A log that has grown large is set aside before the next start; one older one is kept. */
const LOG_BYTES_MAX = 20_000_000

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`)
}

function spawnDetached(spec: LaunchSpec): ChildProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  rotate(spec.logFile)
  const log = openSync(spec.logFile, 'a', 0o600)
  try {
    // Its own process group: a terminal's Ctrl-C reaches only the supervisor, which then stops all in order.
    const [program, ...args] = spec.command
    return spawn(program, args, {
      cwd: spec.cwd,
      env: spec.env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log, ...(spec.ipc === true ? (['ipc'] as const) : [])],
      ...spec.user,
    })
  } finally {
    closeSync(log)
  }
}

/** Why it is given up, with what was wrong at last. */
function tooLate({ role, logFile }: LaunchSpec, afterMs: number, lastError: unknown): StackError {
  if (lastError instanceof Unready) {
    const advice = lastError.advice === '' ? '' : `; ${lastError.advice}`
    return new StackError(`it is not ready after ${afterMs / 1_000} s: ${lastError.message}${advice}`, {
      code: 'not-ready',
    })
  }
  const last = lastError === undefined ? '' : ` (${messageOf(lastError)})`
  return new StackError(`${role} does not answer after ${afterMs} ms${last}: see ${logFile}`, { code: 'not-ready' })
}

async function untilReady(spec: LaunchSpec, pid: number, exited: Promise<Exit>): Promise<void> {
  const { clock = systemClock, readyDeadlineMs = READY_DEADLINE_MS } = spec
  const startedAt = clock.monotonic()
  let sayAt = startedAt + UNREADY_FIRST_MS
  let exit: Exit | undefined
  let lastError: unknown
  void exited.then((value) => {
    exit = value
  })
  while (clock.monotonic() < startedAt + readyDeadlineMs) {
    if (exit !== undefined) {
      const how = exit.signal ?? `exit code ${exit.code}`
      throw new StackError(`${spec.role} ended while starting (${how}): see ${spec.logFile}`, {
        code: 'ended',
        cause: exit,
      })
    }
    try {
      if (await spec.probe(pid)) return
    } catch (error) {
      lastError = error
    }
    if (lastError !== undefined && clock.monotonic() >= sayAt) {
      spec.onUnready?.(messageOf(lastError))
      sayAt = clock.monotonic() + UNREADY_EVERY_MS
    }
    await clock.sleep(PROBE_EVERY_MS)
  }
  throw tooLate(spec, readyDeadlineMs, lastError)
}

/** Another process there would answer the probe in this one's place. */
async function refuseUsedPorts({ role, ports }: LaunchSpec): Promise<void> {
  for (const port of Object.values(ports)) {
    if (await portIsFree(port)) continue
    throw new StackError(`port ${port} for ${role} is in use: stop what listens there`, { code: 'port-in-use' })
  }
}

/** Starts a process in a group of its own. Resolves as soon as it has a pid; rejects when it cannot be started at all. */
export async function launch(spec: LaunchSpec): Promise<Launched> {
  await refuseUsedPorts(spec)
  const child = spawnDetached(spec)
  const { promise: exited, resolve: onExit } = Promise.withResolvers<Exit>()
  child.once('exit', (code, signal) => onExit({ code, signal }))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) =>
      reject(new StackError(`cannot start ${spec.role} (${spec.command[0]}): ${error.message}`, { cause: error })),
    )
  })
  const pid = child.pid
  if (pid === undefined) throw new StackError(`cannot start ${spec.role} (${spec.command[0]}): it has no pid`)
  // An error after the start is a failed signal or message: the process's end, which `exited` tells, is what counts.
  child.on('error', () => undefined)

  const alive = (): boolean => child.exitCode === null && child.signalCode === null
  const kill = (signal: NodeJS.Signals): void => {
    if (alive()) child.kill(signal)
  }
  const stop = once(async () => {
    kill(spec.stopSignal ?? 'SIGTERM')
    const deadlineMs = spec.stopDeadlineMs ?? STOP_DEADLINE_MS
    await withDeadline(exited, deadlineMs, `stopping ${spec.role}`, systemClock).catch(() => kill('SIGKILL'))
    await exited
  })
  const ready = untilReady(spec, pid, exited)
  // Whoever does not wait for it learns the same from `exited`.
  ready.catch(() => undefined)
  return { role: spec.role, pid, ports: spec.ports, url: spec.url, alive, stop, kill, exited, ready }
}

/** A launched service once it answers; one that does not is ended, and the reason thrown. */
export async function whenReady(launching: Promise<Launched>): Promise<Launched> {
  const service = await launching
  try {
    await service.ready
    return service
  } catch (error) {
    service.kill('SIGKILL')
    await service.exited
    throw error
  }
}
