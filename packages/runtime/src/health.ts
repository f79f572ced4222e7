import type { Clock } from './clock.ts'
import { messageOf } from './errors.ts'

export type Check = { ok: boolean; detail?: string }
export type Readiness = { status: 'ready' | 'not-ready'; checks: Record<string, Check> }

export interface Health {
  /** Adds a readiness check, asked at each `/readyz`; it must answer from memory. Returns a function that removes it. */
  check(name: string, ask: () => Check): () => void
  /** Ready when every check is ok. A check that throws is not ok. Without checks: ready. */
  readiness(): Readiness
  /** Not ok while, or shortly after, the event loop was stuck. */
  liveness(): Check
  /** Stops the watchdog. */
  close(): void
}

export type HealthOptions = {
  clock: Clock
  /** A loop that did not turn for this long is stuck. */
  stuckAfterMs?: number
  /** A stuck loop cannot answer, so it is reported this long afterwards. */
  rememberMs?: number
}

const BEAT_MS = 500

function ask(check: () => Check): Check {
  try {
    return check()
  } catch (error) {
    return { ok: false, detail: `the check failed: ${messageOf(error)}` }
  }
}

/** What `/healthz` and `/readyz` say of this process. */
export function createHealth({ clock, stuckAfterMs = 5_000, rememberMs = 15_000 }: HealthOptions): Health {
  const checks = new Map<string, () => Check>()
  let lastBeatAt = clock.monotonic()
  let stuck: { endedAt: number; forMs: number } | undefined

  const beat = (): void => {
    const at = clock.monotonic()
    const forMs = at - lastBeatAt
    if (forMs >= stuckAfterMs) stuck = { endedAt: at, forMs }
    lastBeatAt = at
  }
  const watchdog = clock.setInterval(beat, BEAT_MS)

  return {
    check(name, check) {
      checks.set(name, check)
      return () => {
        if (checks.get(name) === check) checks.delete(name)
      }
    },
    readiness() {
      const answers = Object.fromEntries([...checks].map(([name, check]) => [name, ask(check)]))
      const ready = Object.values(answers).every((answer) => answer.ok)
      return { status: ready ? 'ready' : 'not-ready', checks: answers }
    },
    liveness() {
      // A request can be served before the late beat is, so the gap is looked at here too.
      if (clock.monotonic() - lastBeatAt >= stuckAfterMs) beat()
      if (stuck === undefined || clock.monotonic() - stuck.endedAt > rememberMs) return { ok: true }
      return { ok: false, detail: `the event loop was stuck for ${Math.round(stuck.forMs)} ms` }
    },
    close: () => watchdog.cancel(),
  }
}
