import { COPIES, type Copy, type State } from './console-api.ts'
import { fieldsOf, isFoundInRedis } from './copy-readings.ts'
import { judge } from './difference.ts'
import type { Difference, FieldVerdict, Observation, Verdict } from './divergence.ts'
import { causeOf } from './divergence-cause.ts'
import { type Copies, type Existence, type Facts, factsOf, isSidePending, textIn } from './facts.ts'
import { judgeField } from './field-verdict.ts'

/**
 * How the copies of a session stand to each other: the one judgement that the auditor and the console share, so that neither
 * can call something drift that the other does not. Pure; nothing is known but what is given.
 *
 * A failed read is never a missing copy, a write in flight is never drift, and what nobody could read is neither in sync nor
 * drifted. Where copies that were read differ for longer than the grace, that is said even when a third copy is unread, unless
 * the unread one is the field's owner: its write may be under way.
 */
export function classify(observation: Observation): Verdict {
  const { copies } = observation
  const facts = factsOf(observation)
  const existence = judgeExistence(facts)
  const judged = fieldsOf(copies).map((name) => judgeField(name, facts, existence))
  const fields = judged.map(({ verdict }) => verdict)

  const differences = new Map<string, Difference>()
  if (existence?.difference) differences.set('', existence.difference)
  for (const { verdict, difference } of judged) if (difference) differences.set(verdict.name, difference)

  const state = stateOf(facts, existence, fields)
  const odd = new Set(fields.flatMap((field) => field.odd))
  return {
    state,
    missingIn: existence && existence.state !== 'settling' ? existence.missingIn : [],
    odd: COPIES.filter((copy) => odd.has(copy)),
    cause: causeOf(state, facts, fields),
    since: sinceOf(state, existence, fields),
    fields,
    differences,
  }
}

/** Which copies lack the session although the others prove it; null where nothing says that one does. */
function judgeExistence(facts: Facts): Existence | null {
  const { observation } = facts
  const { copies, pending } = observation
  const { server } = copies
  if (server.kind === 'unknown') return null
  const isGhost = server.kind === 'absent'
  const missingIn = isGhost ? missingOfGhost(copies) : missingOfKnown(facts)
  if (missingIn.length === 0) return null
  const epochs = COPIES.map((copy) => textIn(copies[copy], 'connectionEpoch'))
  const sight = {
    values: COPIES.map((copy) => copies[copy].kind).join(),
    proof: epochs.join(),
    // Any write of the owner's finds out that Redis lacks the record, and writes it whole.
    isPending: isGhost ? pending.length > 0 : missingIn.includes('redis') && isSidePending(observation, 'server'),
  }
  const { isStanding, difference } = judge(sight, '', observation)
  return { state: isStanding ? (isGhost ? 'ghost' : 'missing') : 'settling', missingIn, difference }
}

/** The owner does not know the session: somebody else must have it for it to be a ghost. */
function missingOfGhost(copies: Copies): readonly Copy[] {
  const isSomewhere = COPIES.some((copy) => copies[copy].kind === 'read')
  return isSomewhere ? COPIES.filter((copy) => copies[copy].kind === 'absent') : []
}

function missingOfKnown(facts: Facts): readonly Copy[] {
  const { redis } = facts.observation.copies
  return facts.needed.filter((copy) => {
    if (facts.observation.copies[copy].kind === 'absent') return true
    return copy === 'redis' && redis.kind === 'read' && !isFoundInRedis(redis)
  })
}

function stateOf(facts: Facts, existence: Existence | null, fields: readonly FieldVerdict[]): State {
  const has = (state: State): boolean => fields.some((field) => field.state === state)
  if (existence && existence.state !== 'settling') return existence.state
  if (has('drifted')) return 'drifted'
  if (existence || has('settling')) return 'settling'
  return facts.needed.some((copy) => facts.observation.copies[copy].kind === 'unknown') ? 'unknown' : 'in-sync'
}

function sinceOf(state: State, existence: Existence | null, fields: readonly FieldVerdict[]): number | null {
  if (state === 'missing' || state === 'ghost') return existence?.difference.since ?? null
  if (state !== 'drifted' && state !== 'settling') return null
  const since = fields.filter((field) => field.state === state && field.since !== null).map((field) => field.since ?? 0)
  if (existence && state === 'settling') since.push(existence.difference.since)
  return since.length > 0 ? Math.min(...since) : null
}
