/** How often a client is asked whether it is there. */
export const PING_EVERY_MS = 5_000
/** A client from which nothing comes for so long is gone, though nobody has closed the connection. */
export const SILENCE_MAX_MS = 20_000
/** The same while output waits for it: the question waits behind it, and a slow line is no dead one. */
export const SLOW_SILENCE_MAX_MS = 60_000
/**
 * Of the time between two looks, so much counts as silence: a process that was stopped has not listened, and answers may wait
 * in its sockets.
 */
const LOOK_COUNTS_MAX_MS = 1_000

export interface SilenceWatch {
  /** Something has come from the client, or nothing of it was read. */
  heard(): void
  /** What is due. `isBehind`: output waits for the client. Times in monotonic ms; to be called several times a second. */
  look(now: number, isBehind: boolean): 'nothing' | 'ask' | 'lost'
}

/** Tells a client that is gone from one that has nothing to say: TCP alone notices only where there is something to send. */
export function createSilenceWatch(now: number): SilenceWatch {
  let lookedAt = now
  let askedAt = now
  let silentMs = 0
  return {
    heard() {
      silentMs = 0
    },
    look(at, isBehind) {
      silentMs += Math.min(at - lookedAt, LOOK_COUNTS_MAX_MS)
      lookedAt = at
      if (silentMs > (isBehind ? SLOW_SILENCE_MAX_MS : SILENCE_MAX_MS)) return 'lost'
      if (at - askedAt < PING_EVERY_MS) return 'nothing'
      askedAt = at
      return 'ask'
    },
  }
}
