import {
  changeableFieldsSchema,
  fromHash,
  gatewayReading,
  META_PREFIX,
  type PlanRow,
  SERVER_FIELDS,
  type ServerFields,
  type SessionRecord,
  serverReading,
  textOf,
} from '../contracts/index.ts'
import {
  type Changeable,
  differing,
  type Fields,
  isPending,
  namesOf,
  type Planned,
  planRow,
  type ReconcileCopies,
  type ReconcileStep,
} from './reconcile-plan.ts'

const CHANGEABLE = changeableFieldsSchema.keyof().options

/** What no copy may set back: which records were applied, and what is being worked on. */
const OF_THE_LOG = new Set(['inputSequence', 'commandIds', 'serverRevision', 'waitingFor'])
const BINDING = new Set(['player', 'playerName', 'loginState'])

const SKIPPED = {
  log: 'only the log says this',
  identity: 'only the gateway says this',
  pending: 'a write of it is on its way',
  unknown: 'nobody keeps this field',
} as const

/**
 * What makes the copies agree where Redis is right, for a wizard has put it there: server fields go to memory, what a client
 * may tell anew (window, client, host) to the gateway and to memory. What is left as it is, the plan says with its reason.
 */
export function planByRedis(copies: ReconcileCopies): Planned {
  const { memory, redis } = copies
  if (Object.keys(redis.hash).length === 0) return refused('Redis has no record of the session')
  const reading = fromHash(memory.sid, redis.hash)
  if (!reading.ok) return refused(`Redis’s record cannot be read: ${reading.problem}`)
  if (reading.record.serverRevision === 0) return refused('Redis holds none of the server’s fields yet')
  const whole = serverReading(memory, 0).fields
  const server = forServer(copies, reading.record, whole)
  const problem = problemOf(server.takes(memory, reading.record))
  if (problem !== null) return refused(problem)
  const connection = forConnection(copies, reading.record, whole)
  return {
    kind: 'planned',
    plan: [...server.plan, ...connection.plan],
    steps: [...server.steps, ...connection.steps],
  }
}

const refused = (detail: string): Planned => ({ kind: 'refused', detail })

/** A binding is whole, or there is none. */
function problemOf({ loginState, player, playerName, room }: SessionRecord): string | null {
  const isBound = player !== null && playerName !== null && room !== null
  if (loginState === 'loggedIn' && !isBound) return 'Redis has the session logged in without a player, name or room'
  return loginState === 'connected' && player !== null ? 'Redis has a player for a session that is not logged in' : null
}

function forServer({ memory: { sid }, redis, pending }: ReconcileCopies, stored: SessionRecord, whole: Fields) {
  const { hash } = redis
  const names = differing(namesOf('server', whole, hash), hash, whole)
  const skippedFor = (name: string): string | undefined => {
    if (OF_THE_LOG.has(name)) return SKIPPED.log
    if (isPending(pending, name)) return SKIPPED.pending
    return name.startsWith(META_PREFIX) || isServerField(name) ? undefined : SKIPPED.unknown
  }
  const taken = names.filter((name) => skippedFor(name) === undefined)
  const change = pick(stored, taken.filter(isServerField))
  const meta: Record<string, string | null> = {}
  for (const name of taken.filter((each) => each.startsWith(META_PREFIX))) {
    meta[name.slice(META_PREFIX.length)] = textOf(hash, name) || null
  }
  const steps: ReconcileStep[] = taken.length > 0 ? [{ kind: 'take', change, meta }] : []
  if (taken.some((name) => BINDING.has(name))) steps.push({ kind: 'bind' })
  return {
    plan: names.map((name) =>
      planRow(sid, name, 'server', [textOf(whole, name), textOf(hash, name)], skippedFor(name)),
    ),
    steps,
    /** The session as it would be. */
    takes: (memory: SessionRecord, from: SessionRecord): SessionRecord => ({
      ...memory,
      ...pick(from, taken.filter(isServerField)),
    }),
  }
}

function forConnection({ memory, redis, connection, isHeld }: ReconcileCopies, stored: SessionRecord, whole: Fields) {
  const { hash } = redis
  const { sid } = memory
  const held = connection && isHeld ? gatewayReading(connection, 0).fields : null
  const plan: PlanRow[] = []
  const inMemory = differing(CHANGEABLE, whole, hash)
  // Where the gateway has published nothing yet, what memory has heard of it is what it holds.
  const atGateway = isHeld ? differing(CHANGEABLE, held ?? whole, hash) : []
  for (const name of namesOf('gateway', whole, hash)) {
    const isChangeable = CHANGEABLE.some((each) => each === name)
    const after = textOf(hash, name)
    if (atGateway.includes(name)) plan.push(planRow(sid, name, 'gateway', [textOf(held ?? whole, name), after]))
    if (inMemory.includes(name)) plan.push(planRow(sid, name, 'server', [textOf(whole, name), after]))
    if (!isChangeable && textOf(whole, name) !== after)
      plan.push(planRow(sid, name, 'server', [textOf(whole, name), after], SKIPPED.identity))
  }
  const steps: ReconcileStep[] = []
  // Redis takes nothing from a gateway under a revision that it has seen, also where a hand has written it there.
  const above = stored.gatewayRevision > memory.gatewayRevision ? stored.gatewayRevision : null
  if (atGateway.length > 0) steps.push({ kind: 'adopt', fields: changeables(stored, atGateway), above })
  if (inMemory.length > 0) steps.push({ kind: 'take-connection', fields: changeables(stored, inMemory) })
  return { plan, steps }
}

const isServerField = (name: string): name is Exclude<keyof ServerFields, 'meta'> =>
  name !== 'meta' && SERVER_FIELDS.some((each) => each === name)

function pick<K extends keyof SessionRecord>(record: SessionRecord, names: readonly K[]): Partial<SessionRecord> {
  return Object.fromEntries(names.map((name) => [name, record[name]]))
}

function changeables(record: SessionRecord, names: readonly string[]): Partial<Changeable> {
  return pick(
    record,
    CHANGEABLE.filter((name) => names.includes(name)),
  )
}
