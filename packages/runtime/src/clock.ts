export interface Timer {
  /** The timer does not fire any more. Calling it twice, or after it fired, does nothing. */
  cancel(): void
}

/** The only way to time. Taken through factories, so that tests move time by hand (`@holdfast/runtime/testing`). */
export interface Clock {
  /** Wall time, epoch ms: what is stored and shown. It can jump; never subtract two of these to measure. */
  now(): number
  /** ms since some fixed moment; never goes back. What deadlines and durations are measured with. */
  monotonic(): number
  setTimeout(fn: () => void, ms: number): Timer
  setInterval(fn: () => void, ms: number): Timer
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** `Clock.sleep` made from a clock's own timer, so that every clock aborts alike. */
export function sleepWith(startTimer: Clock['setTimeout'], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = startTimer(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function startSystemTimeout(fn: () => void, ms: number): Timer {
  const handle = setTimeout(fn, ms)
  return { cancel: () => clearTimeout(handle) }
}

/** The machine's own time. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: startSystemTimeout,
  setInterval: (fn, ms) => {
    const handle = setInterval(fn, ms)
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms, signal) => sleepWith(startSystemTimeout, ms, signal),
}
