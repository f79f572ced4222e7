import { messageOf } from '@holdfast/runtime'

/** Why a write to Redis failed. `permanent`: the same write fails again however often it is tried. */
export interface RedisFailure {
  kind: 'transient' | 'permanent'
  /** For people; never a value that was to be written. */
  problem: string
}

/**
 * What Redis refuses for good: a key of another type, a value or a command larger than it takes, a stored value that a
 * script cannot work on. Older versions wrap a script's error in more words, so this looks anywhere in the text.
 */
const PERMANENT =
  /\bWRONGTYPE\b|invalid (?:multi)?bulk length|exceeds maximum allowed size|attempt to (?:compare|perform|index|concatenate|call)/i

/** What ioredis says about itself, in words for whoever reads why a write waits. */
const IN_OTHER_WORDS: readonly [RegExp, string][] = [
  [/max retries per request|Connection is closed|Stream isn't writeable/i, 'no connection to Redis'],
  [/Command timed out|Socket timeout/i, 'Redis did not answer in time'],
]

/**
 * Everything that is not known to be permanent is transient: time-outs, a lost connection, OOM, MISCONF, READONLY, LOADING,
 * CLUSTERDOWN, BUSY, MASTERDOWN, NOREPLICAS, and what nobody has thought of. A write is given up only by a person.
 */
export function redisFailureOf(error: unknown): RedisFailure {
  const message = messageOf(error)
  if (PERMANENT.test(message)) return { kind: 'permanent', problem: message }
  const [, words] = IN_OTHER_WORDS.find(([pattern]) => pattern.test(message)) ?? []
  return { kind: 'transient', problem: words ?? message }
}
