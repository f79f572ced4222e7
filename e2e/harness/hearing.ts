/** `at`: monotonic ms of this process. */
export type HeardLine = { readonly text: string; readonly at: number }

export interface Hearing {
  /** Every line and prompt heard, in order. */
  readonly lines: readonly HeardLine[]
  hear(text: string): void
  /** Nothing comes any more: whoever waits is told. */
  end(): void
  /** The first line that fits, from the `since`th on: one that is there already, or that comes within `ms`. Rejects at the close. */
  waitFor(pattern: string | RegExp, ms: number, since?: number): Promise<HeardLine>
}

type Waiter = {
  fits: (text: string) => boolean
  since: number
  found: (line: HeardLine) => void
  fail: (why: string) => void
}

/** How much of what was heard an error quotes. */
const QUOTED_LINES = 12

const fitter =
  (pattern: string | RegExp) =>
  (text: string): boolean =>
    typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)

/** What a client has heard, whatever brought it; `partial` is what has come of a line that has not ended. */
export function createHearing(partial: () => string): Hearing {
  const lines: HeardLine[] = []
  const waiters = new Set<Waiter>()
  let isOver = false

  const heard = (): string => {
    const tail = lines.slice(-QUOTED_LINES).map(({ text }) => `    ${text}`)
    return [...tail, `    ${partial()}${isOver ? '(closed)' : ''}`].join('\n')
  }

  return {
    lines,
    hear(text) {
      const line = { text, at: performance.now() }
      lines.push(line)
      for (const waiter of waiters) if (lines.length > waiter.since && waiter.fits(text)) waiter.found(line)
    },
    end() {
      isOver = true
      for (const waiter of waiters) waiter.fail('before the connection was closed')
    },
    waitFor(pattern, ms, since = 0) {
      const fits = fitter(pattern)
      const there = lines.slice(since).find(({ text }) => fits(text))
      if (there) return Promise.resolve(there)
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          fits,
          since,
          found: (line) => {
            done()
            resolve(line)
          },
          fail: (why) => {
            done()
            reject(new Error(`not heard ${why}: ${String(pattern)}; the last lines were\n${heard()}`))
          },
        }
        const timer = setTimeout(() => waiter.fail(`within ${ms} ms`), ms)
        const done = (): void => {
          waiters.delete(waiter)
          clearTimeout(timer)
        }
        waiters.add(waiter)
        if (isOver) waiter.fail('and nothing comes any more')
      })
    },
  }
}
