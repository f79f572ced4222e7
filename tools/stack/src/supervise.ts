import { readFileSync } from 'node:fs'
import { type Clock, EXIT, messageOf } from '@holdfast/runtime'
import type { ProcessTable } from './process-table.ts'
import type { Say } from './programs.ts'
import type { Exit, Launched, Role } from './service.ts'
import { StackError } from './stack-error.ts'

/** The first restart is immediate, then 0.2 s, 0.4 s and so on; a child that was up starts from 0 again. */
const BACK_OFF_FIRST_MS = 200
const BACK_OFF_MAX_MS = 5_000
/** It was up when it had answered and lived so long; one that dies as soon as it answers must not be started without a pause. */
const UP_AFTER_MS = 1_000
/** It was up even if it never answered: what it needs may have been away. */
const STEADY_AFTER_MS = 5_000
/** A child that never came up is a mistake to show, not a fault to survive. */
const DEATHS_BEFORE_READY_MAX = 8
/** A start under way, such as a download, is not waited for longer than this when everything stops. */
const LAUNCH_END_MS = 5_000

export type ChildSpec = {
  role: Role
  index: number
  logFile: string
  launch: () => Promise<Launched>
}

export interface Child {
  readonly role: Role
  readonly index: number
  /** Resolves when it answered for the first time; rejects with one line when it will not. */
  readonly firstReady: Promise<Launched>
  /** Ends it and starts it again at once, without counting it as a death. */
  restart(reason: string): void
  stop(): Promise<void>
  killNow(): void
}

/** How long to wait before the next start, after this many deaths in a row of which none had been up before. */
export function backOffMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** (deaths - 2))
}

const howItEnded = ({ code, signal }: Exit): string => (signal === null ? `exit code ${code}` : signal)

/** What the process itself said last that is not a log record: the line meant for people. */
export function lastPlainLine(logFile: string): string | undefined {
  const lines = readFileSync(logFile, 'utf8').slice(-4_000).trim().split('\n')
  return lines
    .findLast((line) => line.trim() !== '' && !line.startsWith('{'))
    ?.trim()
    .slice(0, 300)
}

/** Keeps one process running, and the table true about it. */
export function supervise(
  spec: ChildSpec,
  { table, clock, say }: { table: ProcessTable; clock: Clock; say: Say },
): Child {
  const { role, index } = spec
  const name = `${role} ${index}`
  const first = Promise.withResolvers<Launched>()
  // Whoever stops before the first start is complete does not wait for it.
  first.promise.catch(() => undefined)
  const stopping = new AbortController()
  let wake = new AbortController()
  let current: Launched | undefined
  let wasReady = false
  let restartAsked = false
  let deaths = 0
  let deathsBeforeReady = 0

  const pause = (ms: number): Promise<void> =>
    clock.sleep(ms, AbortSignal.any([stopping.signal, wake.signal])).catch(() => undefined)

  const giveUp = (message: string): void => {
    const where = message.includes(spec.logFile) ? '' : ` (see ${spec.logFile})`
    first.reject(new StackError(`${name} does not start: ${message}${where}`))
    stopping.abort()
  }

  const noteReady = (service: Launched): void => {
    service.ready.then(
      () => {
        if (wasReady) say(`${name} is up again (pid ${service.pid})`)
        wasReady = true
        first.resolve(service)
      },
      (error: unknown) => {
        if (!service.alive() || stopping.signal.aborted) return
        if (wasReady) say(`${name}: ${messageOf(error)}`)
        else giveUp(messageOf(error))
      },
    )
  }

  const afterDeath = async (what: string, exitCode: number | null): Promise<void> => {
    deaths += 1
    if (!wasReady) deathsBeforeReady += 1
    if (!wasReady && (exitCode === EXIT.config || deathsBeforeReady >= DEATHS_BEFORE_READY_MAX)) return giveUp(what)
    const delayMs = backOffMs(deaths)
    say(`${name} ${what}; starting it again${delayMs === 0 ? '' : ` in ${delayMs} ms`}`)
    await pause(delayMs)
  }

  const runOnce = async (): Promise<void> => {
    const service = await spec.launch()
    const startedAt = clock.monotonic()
    let hasAnswered = false
    service.ready.then(
      () => {
        hasAnswered = true
      },
      () => undefined, // told by noteReady
    )
    current = service
    table.put({ role, index, pid: service.pid, ports: service.ports, startedAt: new Date(clock.now()) })
    noteReady(service)
    if (stopping.signal.aborted) await service.stop()
    const exit = await service.exited
    table.remove(role, index, service.pid)
    if (stopping.signal.aborted) return
    if (restartAsked) {
      restartAsked = false
      deaths = 0
      return
    }
    if (clock.monotonic() - startedAt >= (hasAnswered ? UP_AFTER_MS : STEADY_AFTER_MS)) deaths = 0
    const said = wasReady || role !== service.role ? undefined : lastPlainLine(spec.logFile)
    await afterDeath(`ended (${howItEnded(exit)}${said === undefined ? '' : `: ${said}`})`, exit.code)
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      try {
        await runOnce()
      } catch (error) {
        if (stopping.signal.aborted) return
        if (!wasReady && error instanceof StackError) {
          first.reject(error)
          return
        }
        await afterDeath(`could not be started: ${messageOf(error)}`, null)
      }
    }
  }
  const ended = loop()

  return {
    role,
    index,
    firstReady: first.promise,
    restart(reason) {
      say(`${name}: ${reason}, starting it again`)
      deaths = 0
      wake.abort()
      if (current?.alive() !== true) return
      restartAsked = true
      void current.stop()
    },
    async stop() {
      stopping.abort()
      first.reject(new StackError(`${name}: stopped before it was ready`, { code: 'stopping' }))
      await current?.stop()
      await Promise.race([ended, clock.sleep(LAUNCH_END_MS)])
    },
    killNow() {
      stopping.abort()
      current?.kill('SIGKILL')
    },
  }
}
