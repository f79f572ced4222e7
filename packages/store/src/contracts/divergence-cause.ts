import type { DivergenceCause, State } from './console-api.ts'
import type { CopyReading, FieldVerdict } from './divergence.ts'
import { type Facts, rightCopy, textIn } from './facts.ts'

const STATUS_FIELDS = new Set(['status', 'detachedUntil', 'closeReason', 'gateway', 'slot', 'connectionEpoch'])

/** Why copies differ, as far as they show it; null where nothing is wrong. */
export function causeOf(state: State, facts: Facts, fields: readonly FieldVerdict[]): DivergenceCause | null {
  if (state === 'missing' || state === 'ghost') return state
  if (state !== 'drifted') return null
  const drifted = new Set(fields.filter((field) => field.state === 'drifted').map(({ name }) => name))
  const order = orderOfRevisions(facts, drifted)
  if (order.includes(1)) return 'foreign-write'
  if (order.includes(-1) && facts.observation.pending.length === 0) return 'rolled-back'
  return [...drifted].some((name) => STATUS_FIELDS.has(name)) ? 'status-skew' : 'content'
}

/**
 * How Redis's revisions stand to those of the owners: -1 behind, 1 ahead. Only revisions that have drifted themselves count:
 * while the session is played on, Redis is a little behind every other moment.
 */
function orderOfRevisions(facts: Facts, drifted: ReadonlySet<string>): number[] {
  const { copies } = facts.observation
  if (copies.redis.kind !== 'read') return []
  const order = (names: readonly string[]): number => {
    if (!names.some((name) => drifted.has(name))) return 0
    for (const name of names) {
      const right = rightCopy(name, facts)
      if (right === null) return 0
      const sign = Math.sign(numberIn(copies.redis, name) - numberIn(copies[right], name))
      if (sign !== 0) return sign
    }
    return 0
  }
  return [order(['connectionEpoch', 'gatewayRevision']), order(['serverRevision'])]
}

/** 0 for what is absent or no number: such a revision is below every other. */
function numberIn(copy: CopyReading, name: string): number {
  const number = Number(textIn(copy, name))
  return Number.isFinite(number) ? number : 0
}
