import { createLedger, type Ledger, type LedgerReport } from './ledger.ts'
import { until } from './pace.ts'
import type { Player } from './player.ts'
import { untilAllMet, whoNames } from './sessions.ts'

export type Talk = {
  /** Marks the lines: one word, another for each talk. */
  topic: string
  players: readonly Player[]
  /** Between two lines of one player. */
  everyMs: number
  forMs: number
  /** What happens meanwhile: at each of these moments since the beginning, `fault(which)`. */
  moments?: readonly number[]
  fault?: (which: number) => Promise<void>
}

/** After the last line is typed and the last fault is over. */
const HEARD_WITHIN_MS = 45_000
const ANSWER_MS = 15_000

/** All players type numbered lines to each other while faults happen; resolves when each has heard each line once, in order. */
export async function talk({ topic, players, everyMs, forMs, moments = [], fault }: Talk): Promise<LedgerReport> {
  await untilAllMet(players, ANSWER_MS)
  const ledger = createLedger(topic, players)
  await Promise.all([typing(ledger, players, everyMs, forMs), faults(moments, fault)])
  const report = await ledger.complete(HEARD_WITHIN_MS)
  // What was on its way before these answers has come too: nothing of it may be a repeat.
  for (const player of players.slice(0, 2)) await whoNames(player, ANSWER_MS)
  const late = ledger.problems()
  if (late.length > 0) throw new Error(`${topic}: after all was heard\n  ${late.join('\n  ')}`)
  const silence = `longest silence ${report.longestSilenceMs} ms`
  console.log(`  ${topic}: ${report.said} lines said, ${report.heard} heard, ${silence}`)
  return report
}

async function typing(ledger: Ledger, players: readonly Player[], everyMs: number, forMs: number): Promise<void> {
  const startedAt = performance.now()
  const each = players.map(async (player, at) => {
    // Spread over the interval: fifty who type at once would be another test.
    await until(startedAt + (at * everyMs) / players.length)
    await player.type(Math.round(forMs / everyMs), everyMs, (number) => ledger.say(player, number))
  })
  await Promise.all(each)
}

async function faults(moments: readonly number[], fault: Talk['fault']): Promise<void> {
  const startedAt = performance.now()
  for (const [which, moment] of moments.entries()) {
    await until(startedAt + moment)
    await fault?.(which)
  }
}
