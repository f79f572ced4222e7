import type { Audit, Divergence, LiveTick, Queues } from '@holdfast/store/contracts'
import { lossText, silenceText } from '#features/shell/missed-words.ts'
import { roleOf } from '#features/shell/source-figures.ts'
import { counted, countText } from '#ui/format/number.ts'

export interface Concern {
  id: string
  look: 'bad' | 'warn' | 'unknown'
  text: string
  /** When it began or was last seen, ISO; null where that is not told. */
  at: string | null
  link: { href: string; label: string }
}

export interface AttentionFacts {
  tick: LiveTick | null
  divergence: Divergence | undefined
  queues: Queues | undefined
  audit: Audit | undefined
  /** The console's time. */
  now: number
}

/** A difference this old is nobody's write in flight, and no auditor has put it right. */
const OLD_MS = 60_000
const SIGN_INS_MS = 3_600_000
const SIGN_INS_FROM = 3

/** What somebody has to look at, the worst first, each with where to go. */
export function concernsOf(facts: AttentionFacts): readonly Concern[] {
  return [...silentOnes(facts), ...deadLetters(facts), ...oldDrift(facts), ...repaired(facts), ...failedSignIns(facts)]
}

function silentOnes({ tick, now }: AttentionFacts): readonly Concern[] {
  if (tick?.kafka.up === false) return unheard(tick)
  if (!tick) return []
  return tick.missed.map((missed) => ({
    id: `silent ${missed.id}`,
    look: 'unknown',
    text: `${silenceText(missed.id, tick, now)} ${lossText(missed)}`,
    at: tick.sources.find(({ id }) => id === missed.id)?.observedAt ?? null,
    link: { href: '/health', label: 'Open Health' },
  }))
}

/** Without Kafka nobody is heard: one trouble, not one for each process. */
function unheard({ sources }: LiveTick): readonly Concern[] {
  const kafka = sources.find(({ id }) => id === 'kafka')
  const count = sources.filter(({ id }) => roleOf(id) !== null).length
  const text = `Kafka does not answer: ${counted(count, 'process', 'processes')} cannot be heard. All sessions are Unknown.`
  return [
    {
      id: 'unheard',
      look: 'unknown',
      text,
      at: kafka?.observedAt ?? null,
      link: { href: '/health?at=kafka', label: 'Open Health' },
    },
  ]
}

function deadLetters({ queues }: AttentionFacts): readonly Concern[] {
  const dead = (queues?.entries ?? []).filter(({ kind }) => kind === 'dead')
  if (dead.length === 0) return []
  const since = dead.map((entry) => entry.since).sort()[0] ?? null
  const text = `${counted(dead.length, 'write')} that Redis refuses for good`
  return [{ id: 'dead', look: 'bad', text, at: since, link: { href: '/queues?kind=dead', label: 'Open Queues' } }]
}

function oldDrift({ divergence, now }: AttentionFacts): readonly Concern[] {
  const old = (divergence?.items ?? []).filter(
    ({ healedAt, since }) => healedAt === null && now - Date.parse(since) > OLD_MS,
  )
  const [oldest] = old
  if (!oldest) return []
  const text = `${counted(old.length, 'session')} ${old.length === 1 ? 'differs' : 'differ'} for more than 60 s`
  return [{ id: 'drift', look: 'bad', text, at: oldest.since, link: { href: '/divergence', label: 'Open Divergence' } }]
}

/** The same session put right again and again: two writers fight over it. */
function repaired({ divergence }: AttentionFacts): readonly Concern[] {
  const healed = (divergence?.items ?? []).filter(({ healedAt }) => healedAt !== null)
  const counts = new Map<string, { handle: number; count: number; at: string }>()
  for (const { sid, handle, healedAt } of healed) {
    const known = counts.get(sid)
    counts.set(sid, { handle, count: (known?.count ?? 0) + 1, at: healedAt ?? '' })
  }
  return [...counts]
    .filter(([, { count }]) => count >= 3)
    .map(([sid, { handle, count, at }]) => ({
      id: `fight ${sid}`,
      look: 'warn',
      text: `Session ${handle} was put right ${count} times in ten minutes: writers fight over it`,
      at,
      link: { href: `/sessions/${sid}?tab=history`, label: 'Open it' },
    }))
}

function failedSignIns({ audit, now }: AttentionFacts): readonly Concern[] {
  const failed = (audit?.items ?? []).filter(
    ({ action, result, at }) =>
      /sign in/i.test(action) && /refused/i.test(result) && now - Date.parse(at) < SIGN_INS_MS,
  )
  if (failed.length < SIGN_INS_FROM) return []
  const text = `${countText(failed.length)} refused sign-ins within the hour`
  return [
    {
      id: 'sign-ins',
      look: 'warn',
      text,
      at: failed[0]?.at ?? null,
      link: { href: '/audit?by=sign-in', label: 'Open Audit' },
    },
  ]
}
