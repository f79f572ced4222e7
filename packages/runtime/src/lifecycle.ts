import type { Clock } from './clock.ts'
import { messageOf, OperationalError, once, withDeadline } from './errors.ts'
import type { Logger } from './logger.ts'

export interface Lifecycle {
  /**
   * Starts one part and remembers how to release it. Parts are released in the reverse order of their starts, each within
   * `deadlineMs` (the lifecycle's own when not given). Rejects with what `start` rejected with, or, once stopping has
   * begun, with an `OperationalError` coded `stopping`; a part that was started by then is released at once.
   */
  acquire<T>(
    name: string,
    start: () => T | Promise<T>,
    release: (part: T) => unknown,
    options?: { deadlineMs?: number },
  ): Promise<T>
  /** Aborted when stopping begins; for waits that must not outlast it. */
  readonly signal: AbortSignal
  /** Releases all. Never rejects: a part that fails or hangs is logged and passed over. Later calls get the same promise. */
  stop(reason: string): Promise<void>
  /** Resolves when everything is released, whoever called `stop`. */
  readonly stopped: Promise<void>
}

export type LifecycleOptions = { logger: Logger; clock: Clock; deadlineMs: number }

type Held = { name: string; deadlineMs: number; release: () => unknown }

/** Holds what a process has started, and lets go of it in order. */
export function createLifecycle({ logger, clock, deadlineMs }: LifecycleOptions): Lifecycle {
  const held: Held[] = []
  const starting = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  let released = false
  const { promise: stopped, resolve: resolveStopped } = Promise.withResolvers<void>()

  const releaseOne = async (part: Held): Promise<void> => {
    try {
      const work = Promise.resolve().then(() => part.release())
      await withDeadline(work, part.deadlineMs, `releasing ${part.name}`, clock)
    } catch (error) {
      logger.error({ err: error, part: part.name }, 'a part was not released in order; going on without it')
    }
  }

  const releaseAll = once(async () => {
    // A start under way ends first: what it opened is otherwise nobody's.
    const ends = Promise.allSettled([...starting])
    await withDeadline(ends, deadlineMs, 'ending what was starting', clock).catch((error: unknown) =>
      logger.error({ err: error }, 'a part was still starting; going on without it'),
    )
    for (let part = held.pop(); part !== undefined; part = held.pop()) await releaseOne(part)
    released = true
    resolveStopped()
  })

  const stopError = (name: string) => new OperationalError(`${name}: the process is stopping`, { code: 'stopping' })

  return {
    async acquire(name, start, release, options = {}) {
      if (stopping.signal.aborted) throw stopError(name)
      const startedAt = clock.monotonic()
      const attempt = (async () => {
        const part = await start()
        const entry = { name, deadlineMs: options.deadlineMs ?? deadlineMs, release: () => release(part) }
        if (released) await releaseOne(entry)
        else held.push(entry)
        return part
      })()
      starting.add(attempt)
      const part = await attempt.finally(() => starting.delete(attempt))
      if (stopping.signal.aborted) throw stopError(name)
      logger.debug({ part: name, ms: Math.round(clock.monotonic() - startedAt) }, 'part started')
      return part
    },
    signal: stopping.signal,
    stop(reason) {
      if (!stopping.signal.aborted) {
        logger.info({ reason }, 'stopping')
        stopping.abort(new OperationalError(`stopping: ${reason}`, { code: 'stopping' }))
      }
      return releaseAll()
    },
    stopped,
  }
}

/** One line about why `main` failed, for people at a terminal. */
export function startFailureLine(name: string, error: unknown): string {
  return `${name} could not start: ${messageOf(error)}`
}
