/** The bounds of one connection; the telnet parser has its own (line, subnegotiation). */
export const LIMITS = {
  /** Lines that may come at once, and the rate at which more are taken. */
  inputBurst: 100,
  inputPerSecond: 10,
  /** Lines that wait for that rate; above it the connection is closed as a flood. */
  inputQueueMax: 200,
  /** Output that the client has not taken yet. Above it the player is told; after `slowGraceMs` the connection ends. */
  backlogBytesMax: 1024 * 1024,
  slowGraceMs: 30_000,
  /** Output is not kept beyond this, whatever the grace. */
  backlogBytesHard: 4 * 1024 * 1024,
  loginWaitMs: 300_000,
  /** An input that is not answered for so long gets a notice. */
  noticeAfterMs: 2_000,
  /** How long a new connection waits for Redis before it goes on without. */
  registerWaitMs: 1_000,
  connectionsPerAddress: 20,
} as const
export type Limits = { readonly [K in keyof typeof LIMITS]: number }

export interface InputRate {
  /** Whether a line may go now; takes its place if so. */
  take(now: number): boolean
  /** ms until the next one may go. */
  waitMs(now: number): number
}

/** A token bucket. Times in monotonic ms. */
export function createInputRate({
  inputBurst,
  inputPerSecond,
}: Pick<Limits, 'inputBurst' | 'inputPerSecond'>): InputRate {
  let tokens: number = inputBurst
  let filledAt = 0
  const fill = (now: number): void => {
    tokens = Math.min(inputBurst, tokens + ((now - filledAt) * inputPerSecond) / 1_000)
    filledAt = now
  }
  return {
    take(now) {
      fill(now)
      if (tokens < 1) return false
      tokens--
      return true
    },
    waitMs(now) {
      fill(now)
      return tokens >= 1 ? 0 : ((1 - tokens) * 1_000) / inputPerSecond
    },
  }
}
