import type { Sid } from './session-id.ts'

/**
 * Short marks of texts and of sets: equal inputs have equal marks, different ones practically never (53 and 64 bits). Made
 * for comparing copies that nobody forges; no hash of a secret.
 */

const SEED_HIGH = 0xdeadbeef
const SEED_LOW = 0x41c6ce57
const LANE_HIGH = 2_654_435_761
const LANE_LOW = 1_597_334_677
const MIX_FIRST = 2_246_822_507
const MIX_LAST = 3_266_489_909

/**
 * Two lanes of 32 bits with multipliers of their own, mixed into each other at the end (cyrb53, public domain). 64-bit FNV
 * would need BigInt, which takes 30 times as long; one lane of 32 bits meets itself among some ten thousand texts.
 */
function lanesOf(text: string): { high: number; low: number } {
  let high = SEED_HIGH
  let low = SEED_LOW
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, LANE_HIGH)
    low = Math.imul(low ^ code, LANE_LOW)
  }
  high = Math.imul(high ^ (high >>> 16), MIX_FIRST) ^ Math.imul(low ^ (low >>> 13), MIX_LAST)
  low = Math.imul(low ^ (low >>> 16), MIX_FIRST) ^ Math.imul(high ^ (high >>> 13), MIX_LAST)
  return { high: high >>> 0, low: low >>> 0 }
}

/** A mark of a text, 53 bits, to see whether it is what it was. */
export function fingerprintOf(text: string): number {
  const { high, low } = lanesOf(text)
  return (high & 0x1fffff) * 2 ** 32 + low
}

/** How many connections a gateway holds in a partition, and a mark of which they are. */
export interface Digest {
  count: number
  /** 16 hexadecimal digits. */
  hash: string
}

/** The digest of connections, by sid and connectionEpoch, in whatever order they come: a sum knows none. */
export function digestOf(held: Iterable<readonly [Sid, number]>): Digest {
  let count = 0
  let high = 0
  let low = 0
  for (const [sid, connectionEpoch] of held) {
    const lanes = lanesOf(`${sid}:${connectionEpoch}`)
    high = (high + lanes.high) >>> 0
    low = (low + lanes.low) >>> 0
    count++
  }
  return { count, hash: hex(high) + hex(low) }
}

const hex = (word: number): string => word.toString(16).padStart(8, '0')
