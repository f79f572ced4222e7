/** Answers remembered: the quickest of the last ones tells the time best, and an old one nothing of a clock that was set. */
const SAMPLES_MAX = 12

interface Sample {
  offsetMs: number
  /** Half of the round trip: how wrong the offset may be. */
  errorMs: number
}

/** The console's time as this browser knows it: ages of values are told by the clock that stamped them. */
export interface ServerClock {
  /** `sentAt` and `receivedAt` by the browser's clock; `serverMs` what the console's said in between. */
  note(timing: { sentAt: number; receivedAt: number; serverMs: number }): void
  /** The console's time as a stream tells it: how long that was on its way is not known. */
  noteTold(serverMs: number, receivedAt: number): void
  /** Epoch ms by the console's clock; by the browser's own before the first answer. */
  now(): number
}

/** What is pushed comes within this, or the line is so slow that ages do not matter. */
const TOLD_ERROR_MS = 250

export function createServerClock(browserNow: () => number): ServerClock {
  let samples: Sample[] = []
  const add = (sample: Sample): void => {
    if (Number.isFinite(sample.offsetMs)) samples = [...samples, sample].slice(-SAMPLES_MAX)
  }
  return {
    note({ sentAt, receivedAt, serverMs }) {
      const errorMs = Math.max(0, receivedAt - sentAt) / 2
      add({ offsetMs: serverMs - (sentAt + errorMs), errorMs })
    },
    noteTold: (serverMs, receivedAt) => add({ offsetMs: serverMs - receivedAt, errorMs: TOLD_ERROR_MS }),
    now() {
      const [first, ...rest] = samples
      if (!first) return browserNow()
      const best = rest.reduce((found, sample) => (sample.errorMs <= found.errorMs ? sample : found), first)
      return browserNow() + best.offsetMs
    },
  }
}
