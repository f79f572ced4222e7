import { COPIES, type Copy, type State } from './console-api.ts'
import { holdersOf, INDEX_FIELD, ownerOf, textOf } from './copy-readings.ts'
import { CERTAIN, judge, type Sight } from './difference.ts'
import type { CopyReading, Difference, FieldVerdict, Observation } from './divergence.ts'
import { type Copies, type Existence, type Facts, isSidePending, rightCopy, textIn } from './facts.ts'

const VERSION_FIELDS = ['connectionEpoch', 'gatewayRevision', 'serverRevision']

export interface JudgedField {
  verdict: FieldVerdict
  difference: Difference | null
}

/** How the copies of one field stand to each other. */
export function judgeField(name: string, facts: Facts, existence: Existence | null): JudgedField {
  const owner = ownerOf(name)
  if (doCopiesAgree(name, facts)) {
    return { verdict: { name, owner, odd: NO_COPIES, ...stateOfEqual(name, facts, existence) }, difference: null }
  }
  const { observation } = facts
  const values = valuesOf(name, facts)
  const right = rightCopy(name, facts)
  const { isStanding, difference } = judge(sightOf(name, values, observation), name, observation)
  const odd =
    right === null ? [] : COPIES.filter((copy) => (values.get(copy) ?? values.get(right)) !== values.get(right))
  // What an unread owner has in hand nobody knows; what an owner does not know is decided for the whole session.
  const state = right === null ? (existence?.state ?? 'unknown') : isStanding ? 'drifted' : 'settling'
  return { verdict: { name, owner, state, since: difference.since, odd }, difference }
}

/** Nearly all do: said without making anything. */
function doCopiesAgree(name: string, { held }: Facts): boolean {
  if (name === INDEX_FIELD) {
    const index = indexIn(held.redis)
    return index === null || index.entry === index.version
  }
  let value: string | null = null
  for (const copy of holdersOf(name)) {
    const fields = held[copy]
    if (fields === null) continue
    const text = textOf(fields, name)
    if (value !== null && text !== value) return false
    value = text
  }
  return true
}

/** The copies that were read agree, or only one was. */
function stateOfEqual(name: string, facts: Facts, existence: Existence | null): { state: State; since: number | null } {
  const { held, needed, observation } = facts
  const holders = holdersOf(name).filter((copy) => needed.includes(copy))
  const isLacking = (copy: Copy): boolean =>
    name === INDEX_FIELD
      ? indexIn(held.redis) === null
      : held[copy] === null && existence?.missingIn.includes(copy) === true
  if (existence && holders.some(isLacking)) return { state: existence.state, since: existence.difference.since }
  const isUnread = holders.some((copy) => observation.copies[copy].kind === 'unknown')
  return isUnread ? UNREAD : AGREE
}

const NO_COPIES: readonly Copy[] = []
const UNREAD = { state: 'unknown', since: null } as const
const AGREE = { state: 'in-sync', since: null } as const

function sightOf(name: string, values: ReadonlyMap<Copy, string>, observation: Observation): Sight {
  const { copies } = observation
  const sides = COPIES.map((copy) => `${copies[copy].kind} ${JSON.stringify(values.get(copy) ?? null)}`)
  return { values: sides.join(), proof: proofOf(name, values, copies), isPending: isPending(name, observation) }
}

/** What each copy that was read, and has the session, says of a field. */
function valuesOf(name: string, { held }: Facts): ReadonlyMap<Copy, string> {
  const values = new Map<Copy, string>()
  if (name === INDEX_FIELD) {
    const index = indexIn(held.redis)
    return index === null ? values : values.set('redis', index.entry).set('server', index.version)
  }
  for (const copy of holdersOf(name)) {
    const fields = held[copy]
    if (fields !== null) values.set(copy, textOf(fields, name))
  }
  return values
}

/** The index entry beside the version that the hash says itself: whoever writes one writes the other. */
function indexIn(redis: Readonly<Record<string, string>> | null): { entry: string; version: string } | null {
  const entry = redis === null ? '' : textOf(redis, INDEX_FIELD)
  if (redis === null || entry === '') return null
  const [epoch, gateway, server] = VERSION_FIELDS.map((field) => textOf(redis, field))
  return { entry, version: `${epoch}.${gateway}.${server || '0'}` }
}

const connectionVersion = (copy: CopyReading): string =>
  `${textIn(copy, 'connectionEpoch')}.${textIn(copy, 'gatewayRevision')}`

/**
 * See `Sight.proof`. A gateway's copy has no serverRevision; what it knows of the player changes with the binding, which has
 * the number of its input. Nobody has none: then the revision has to stand still.
 */
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
  const binding = textIn(copies.server, 'boundBy') || `none ${textIn(copies.server, 'serverRevision')}`
  return [binding, connectionVersion(copies.gateway)].join()
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
