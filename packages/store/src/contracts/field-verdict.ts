import { COPIES, type Copy, type State } from './console-api.ts'
import { hasHash, holdersOf, INDEX_FIELD, ownerOf, textOf } from './copy-readings.ts'
import { CERTAIN, judge, type Sight } from './difference.ts'
import type { CopyReading, Difference, FieldVerdict, Observation } from './divergence.ts'
import { type Copies, type Existence, type Facts, isSidePending, needed, rightCopy, textIn } from './facts.ts'

const VERSION_FIELDS = ['connectionEpoch', 'gatewayRevision', 'serverRevision']

export interface JudgedField {
  verdict: FieldVerdict
  difference: Difference | null
}

/** How the copies of one field stand to each other. */
export function judgeField(name: string, facts: Facts, existence: Existence | null): JudgedField {
  const { observation } = facts
  const values = valuesOf(name, observation.copies)
  const owner = ownerOf(name)
  if (new Set(values.values()).size < 2) {
    return { verdict: { name, owner, odd: [], ...stateOfEqual(name, values, facts, existence) }, difference: null }
  }
  const right = rightCopy(name, facts)
  const { isStanding, difference } = judge(sightOf(name, values, observation), name, observation)
  const odd =
    right === null ? [] : COPIES.filter((copy) => (values.get(copy) ?? values.get(right)) !== values.get(right))
  // What an unread owner has in hand nobody knows; what an owner does not know is decided for the whole session.
  const state = right === null ? (existence?.state ?? 'unknown') : isStanding ? 'drifted' : 'settling'
  return { verdict: { name, owner, state, since: difference.since, odd }, difference }
}

/** The copies that were read agree, or only one was. */
function stateOfEqual(
  name: string,
  values: ReadonlyMap<Copy, string>,
  facts: Facts,
  existence: Existence | null,
): { state: State; since: number | null } {
  const holders = holdersOf(name).filter((copy) => needed(facts).includes(copy))
  if (existence && holders.some((copy) => existence.missingIn.includes(copy) && !values.has(copy))) {
    return { state: existence.state, since: existence.difference.since }
  }
  const isUnread = holders.some((copy) => facts.observation.copies[copy].kind === 'unknown')
  return { state: isUnread ? 'unknown' : 'in-sync', since: null }
}

function sightOf(name: string, values: ReadonlyMap<Copy, string>, observation: Observation): Sight {
  const { copies } = observation
  const sides = COPIES.map((copy) => `${copies[copy].kind} ${JSON.stringify(values.get(copy) ?? null)}`)
  return { values: sides.join(), proof: proofOf(name, values, copies), isPending: isPending(name, observation) }
}

/** What each copy that was read, and has the session, says of a field. */
function valuesOf(name: string, copies: Copies): ReadonlyMap<Copy, string> {
  const { redis } = copies
  if (name === INDEX_FIELD) return redis.kind === 'read' ? indexValues(redis.fields) : new Map()
  const values = new Map<Copy, string>()
  for (const copy of holdersOf(name)) {
    const reading = copies[copy]
    if (reading.kind !== 'read' || (copy === 'redis' && !hasHash(reading.fields))) continue
    values.set(copy, textOf(reading.fields, name))
  }
  return values
}

/** The index beside what the hash says itself; as the server's value, for whoever writes one writes the other. */
function indexValues(fields: Readonly<Record<string, string>>): ReadonlyMap<Copy, string> {
  const index = textOf(fields, INDEX_FIELD)
  if (index === '' || !hasHash(fields)) return new Map()
  const [epoch, gateway, server] = VERSION_FIELDS.map((field) => textOf(fields, field))
  return new Map([
    ['redis', index],
    ['server', `${epoch}.${gateway}.${server || '0'}`],
  ])
}

const connectionVersion = (copy: CopyReading): string =>
  `${textIn(copy, 'connectionEpoch')}.${textIn(copy, 'gatewayRevision')}`

/** See `Sight.proof`. A gateway's copy has no serverRevision; what it knows of the player changes with the binding only. */
function proofOf(name: string, values: ReadonlyMap<Copy, string>, copies: Copies): string {
  if (name === INDEX_FIELD) return ''
  const isGateways = ownerOf(name) === 'gateway'
  const versioned = [...values.keys()].filter((copy) => isGateways || copy !== 'gateway')
  const versions = new Map<string, string>()
  for (const copy of versioned) {
    const version = isGateways ? connectionVersion(copies[copy]) : textIn(copies[copy], 'serverRevision')
    const value = values.get(copy) ?? ''
    if ((versions.get(version) ?? value) !== value) return CERTAIN
    versions.set(version, value)
  }
  const differ = new Set(versioned.map((copy) => values.get(copy))).size > 1
  if (differ) return [...versions.keys()].join()
  return [textIn(copies.server, 'boundBy'), connectionVersion(copies.gateway)].join()
}

/** A revision moves with any of its side's fields; an owner that writes a session whole writes the gateway's too. */
function isPending(name: string, observation: Observation): boolean {
  if (name === INDEX_FIELD) return observation.pending.length > 0
  if (name === 'serverRevision') return isSidePending(observation, 'server')
  if (name === 'gatewayRevision' && isSidePending(observation, 'gateway')) return true
  return observation.pending.some(({ side, fields }) => {
    if (fields.includes('*')) return side === 'server' || ownerOf(name) === 'gateway'
    return side === ownerOf(name) && fields.includes(name)
  })
}
