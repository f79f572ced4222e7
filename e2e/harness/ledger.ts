import { waitUntil } from '@holdfast/runtime/testing'
import type { Player } from './player.ts'

/**
 * What was said and who must hear it: each line by each listener (its speaker too) exactly once, and per speaker in order.
 */
export interface Ledger {
  /** The command with which `speaker` says its `number`th line; counted as said from now on. */
  say(speaker: Player, number: number): string
  /** Resolves when every listener has heard everything; throws with what is wrong where that takes longer than `ms`. */
  complete(ms: number): Promise<LedgerReport>
  /** Everything that is wrong now, in words, at most a few for each pair. Empty is the guarantee. */
  problems(): string[]
}

export type LedgerReport = {
  said: number
  /** Lines that listeners read: `said` times the number of listeners, when all is right. */
  heard: number
  /** The longest time in which a listener heard nothing, between its first and its last line. */
  longestSilenceMs: number
  /** By speaker: the longest time between two of its lines at any listener. Never below the pace of typing. */
  silenceOfMs: ReadonlyMap<string, number>
}

const PROBLEMS_SHOWN = 5

/** `topic` marks this ledger's lines, so that others' in the same room do not count. */
export function createLedger(topic: string, listeners: readonly Player[]): Ledger {
  const said = new Map<string, number>()
  const starts = new Map(listeners.map((listener) => [listener, listener.lines.length]))
  const pattern = new RegExp(`^(\\w+) says?, "${topic} (\\d+)"$`)

  const heardBy = (listener: Player): Heard[] =>
    listener.lines.slice(starts.get(listener)).flatMap(({ text, at }) => {
      const [, who = '', number] = pattern.exec(text) ?? []
      return number === undefined ? [] : [{ speaker: who === 'You' ? listener.name : who, number: Number(number), at }]
    })

  const problems = (): string[] =>
    listeners.flatMap((listener) => {
      const heard = Map.groupBy(heardBy(listener), ({ speaker }) => speaker)
      const strangers = [...heard.keys()].filter((name) => !said.has(name))
      return [
        ...(listener.isOpen ? [] : [`${listener.name}: the connection is closed`]),
        ...strangers.map((name) => `${listener.name} heard ${name}, who has said nothing`),
        ...[...said].flatMap(([speaker, count]) =>
          oddities(heard.get(speaker) ?? [], count)
            .slice(0, PROBLEMS_SHOWN)
            .map((oddity) => `${listener.name} of ${speaker}'s ${count} lines: ${oddity}`),
        ),
      ]
    })

  const total = (): number => [...said.values()].reduce((sum, count) => sum + count, 0)
  const heard = (): number => listeners.reduce((sum, listener) => sum + heardBy(listener).length, 0)
  /** A line that came twice must not stand for one that is still to come. */
  const differentLines = (): number =>
    listeners.reduce(
      (sum, listener) => sum + new Set(heardBy(listener).map(({ speaker, number }) => `${speaker} ${number}`)).size,
      0,
    )

  return {
    say(speaker, number) {
      said.set(speaker.name, Math.max(number, said.get(speaker.name) ?? 0))
      return `say ${topic} ${number}`
    },
    problems,
    async complete(ms) {
      const wanted = total() * listeners.length
      const isComplete = waitUntil(() => differentLines() >= wanted, {
        timeoutMs: ms,
        everyMs: 100,
        what: 'every line',
      })
      // Which lines are missing says more than that some are.
      await isComplete.catch(() => undefined)
      const wrong = problems()
      if (wrong.length > 0) throw new Error(`${topic}: heard ${heard()} of ${wanted}\n  ${wrong.join('\n  ')}`)
      return { said: total(), heard: heard(), ...silences(listeners.map(heardBy)) }
    },
  }
}

type Heard = { readonly speaker: string; readonly number: number; readonly at: number }

function silences(heardByEach: readonly Heard[][]): Pick<LedgerReport, 'longestSilenceMs' | 'silenceOfMs'> {
  const silenceOfMs = new Map<string, number>()
  for (const heard of heardByEach) {
    for (const [speaker, lines] of Map.groupBy(heard, (line) => line.speaker)) {
      silenceOfMs.set(speaker, Math.max(silenceOfMs.get(speaker) ?? 0, longestGapMs(lines)))
    }
  }
  return { longestSilenceMs: Math.max(0, ...heardByEach.map(longestGapMs)), silenceOfMs }
}

/** What is wrong with the numbers heard, where 1 to `count` in order would be right. */
function oddities(heard: readonly Heard[], count: number): string[] {
  const wrong: string[] = []
  const seen = new Set<number>()
  let last = 0
  for (const { number } of heard) {
    if (seen.has(number)) wrong.push(`${number} again after ${last}`)
    else if (number < last) wrong.push(`${number} after ${last}`)
    seen.add(number)
    last = number
  }
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !seen.has(number))
  if (missing.length > 0) wrong.unshift(`${missing.length} missing: ${missing.slice(0, PROBLEMS_SHOWN).join(', ')}`)
  return wrong
}

function longestGapMs(heard: readonly Heard[]): number {
  return Math.round(heard.reduce((longest, { at }, index) => Math.max(longest, at - (heard[index - 1]?.at ?? at)), 0))
}
