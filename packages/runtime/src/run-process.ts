import { constants } from 'node:os'
import { systemClock } from './clock.ts'
import { ConfigError } from './config.ts'
import { messageOf } from './errors.ts'
import { createLifecycle, type Lifecycle, startFailureLine } from './lifecycle.ts'
import { createLogger, type Logger } from './logger.ts'

export type RunProcessOptions = {
  name: string
  logger?: Logger
  /** For the release of each part that does not name its own. */
  deadlineMs: number
  /** Rejections that nobody handles and that break no invariant of ours; logged, and the process lives on. Default: none. */
  isForgivable?: (reason: unknown) => boolean
}

/** Exit codes, as in sysexits.h where it has one; second signals exit with 128 + the signal's number. */
export const EXIT = { ok: 0, failed: 1, usage: 64, noSuchUser: 67, software: 70, config: 78 } as const

function stopOnSignals(lifecycle: Lifecycle, logger: Logger): void {
  let signalled = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (signalled) process.exit(128 + constants.signals[signal])
      signalled = true
      logger.info({ signal }, 'signal received; a second one ends the process at once')
      void lifecycle.stop(signal)
    })
  }
}

/** A supervisor that was killed cannot stop its children, so each child watches the channel between them. */
function stopWhenParentIsGone(lifecycle: Lifecycle, logger: Logger): void {
  if (process.channel === undefined) return
  process.on('disconnect', () => {
    logger.warn('the supervisor is gone')
    void lifecycle.stop('the supervisor is gone')
  })
  process.channel?.unref()
}

/** A process with nothing open for a moment must not end by accident: only `stop` ends it. */
const KEEP_ALIVE_MS = 60_000

/** Nobody knows what state is left, so nothing is released: what others hold of us expires by its lease. */
function dieOnBrokenInvariant(logger: Logger, isForgivable: (reason: unknown) => boolean): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception')
    process.exit(EXIT.software)
  })
  process.on('unhandledRejection', (reason) => {
    if (isForgivable(reason)) {
      logger.error({ error: messageOf(reason) }, 'a rejection that nobody handled, and that can be lived with')
      return
    }
    logger.fatal({ err: reason }, 'unhandled rejection')
    process.exit(EXIT.software)
  })
}

/**
 * The life of one process, from `main.ts`. `main` starts the parts through the lifecycle and returns; the process lives on
 * until it is stopped (one that has done its work calls `lifecycle.stop('done')`). Then:
 * - SIGTERM or SIGINT, the end of the supervisor's IPC channel, or `lifecycle.stop` from inside: all is released and the
 *   process exits with `process.exitCode`, 0 when unset; a second signal exits at once with 143 or 130;
 * - a `ConfigError`: its message on stderr, exit 78; another failure of `main`: what was started is released, one line
 *   on stderr, exit 1;
 * - an uncaught exception or unhandled rejection: logged as fatal, exit 70 (not for a rejection that `isForgivable`).
 * The promise neither resolves nor rejects: the process ends before.
 */
export async function runProcess(
  { name, logger = createLogger({ name }), deadlineMs, isForgivable = () => false }: RunProcessOptions,
  main: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const lifecycle = createLifecycle({ logger, clock: systemClock, deadlineMs })
  systemClock.setInterval(() => undefined, KEEP_ALIVE_MS)
  dieOnBrokenInvariant(logger, isForgivable)
  stopOnSignals(lifecycle, logger)
  stopWhenParentIsGone(lifecycle, logger)
  try {
    // Once all is released the process ends, whatever a start that hangs still waits for.
    await Promise.race([main(lifecycle), lifecycle.stopped])
  } catch (error) {
    if (!lifecycle.signal.aborted) {
      const isConfig = error instanceof ConfigError
      process.stderr.write(`${isConfig ? error.message : startFailureLine(name, error)}\n`)
      if (!isConfig) logger.error({ err: error }, 'could not start')
      process.exitCode = isConfig ? EXIT.config : EXIT.failed
      await lifecycle.stop('could not start')
    }
  }
  await lifecycle.stopped
  process.exit()
}
