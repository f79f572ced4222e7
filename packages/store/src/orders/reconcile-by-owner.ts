import { gatewayReading, INDEX_FIELD, type PlanRow, serverReading, textOf, toHash } from '../contracts/index.ts'
import { seenConnection } from '../redis/session-scripts.ts'
import {
  differing,
  type Fields,
  isPending,
  namesOf,
  type Planned,
  planRow,
  type ReconcileCopies,
  type ReconcileStep,
} from './reconcile-plan.ts'

interface Part {
  plan: readonly PlanRow[]
  steps: readonly ReconcileStep[]
}

const NOTHING: Part = { plan: [], steps: [] }

/** Fields that a gateway's own writes need as they are: with one of them wrong, Redis refuses all that it says. */
const FENCE = ['gateway', 'connectionEpoch', 'status']

/**
 * What makes the copies agree where each field's owner is right: memory's server fields go to Redis, the gateway's fields
 * to Redis and to memory, the binding to the gateway. What a write is on its way for is left to that write.
 */
export function planByOwner(copies: ReconcileCopies): Planned {
  const { memory, redis } = copies
  if (isNewerConnection(copies)) {
    return { kind: 'refused', detail: 'Redis has a newer connection of the session: look again' }
  }
  const whole = serverReading(memory, 0).fields
  const isMissing = Object.keys(redis.hash).length === 0
  const parts = isMissing
    ? [create(copies, whole), forMemory(copies), forGateway(copies)]
    : [forRedis(copies, whole), forConnection(copies), forGateway(copies)]
  return {
    kind: 'planned',
    plan: parts.flatMap(({ plan }) => plan),
    steps: parts.flatMap(({ steps }) => steps),
  }
}

/** Somebody has attached it since; the event that tells the owner is on its way. */
function isNewerConnection({ memory, redis, isAlive }: ReconcileCopies): boolean {
  const gateway = textOf(redis.hash, 'gateway')
  const isAhead = Number(textOf(redis.hash, 'connectionEpoch')) > memory.connectionEpoch
  return isAhead && gateway !== memory.gateway && isAlive(gateway)
}

function create({ memory: { sid }, pending }: ReconcileCopies, whole: Fields): Part {
  if (pending.has('*')) return NOTHING
  const row: PlanRow = { sid, field: '*', to: 'redis', before: null, after: whole }
  return { plan: [row], steps: [{ kind: 'write-whole' }] }
}

function forRedis({ memory: { sid }, redis, pending }: ReconcileCopies, whole: Fields): Part {
  const { hash, version } = redis
  const fields = differing(namesOf('server', whole, hash), hash, whole).filter((name) => !isPending(pending, name))
  const plan = fields.map((name) => planRow(sid, name, 'redis', [textOf(hash, name), textOf(whole, name)]))
  const head = `${hash.connectionEpoch ?? ''}.${hash.gatewayRevision ?? ''}.`
  const right = `${head}${hash.serverRevision || '0'}`
  if (fields.length === 0 && (version === right || pending.size > 0)) return NOTHING
  // A write of some fields makes the owner's part of the index entry anew; only a whole one the gateway's part too.
  if (fields.length > 0 && version?.startsWith(head)) return { plan, steps: [{ kind: 'write', fields }] }
  const entry = planRow(sid, INDEX_FIELD, 'redis', [version ?? '', right])
  return { plan: [...plan, entry], steps: [{ kind: 'write-whole' }] }
}

/** The gateway's word; memory's where no gateway holds the session, or memory has heard more of it than was published. */
function rightConnection({ memory, connection, isHeld }: ReconcileCopies): { fields: Fields; isGateways: boolean } {
  const fields = serverReading({ ...memory, serverRevision: 0 }, 0).fields
  if (!connection || !isHeld) return { fields, isGateways: false }
  const { connectionEpoch, gatewayRevision } = connection.fields
  const isLate =
    connectionEpoch < memory.connectionEpoch ||
    (connectionEpoch === memory.connectionEpoch && gatewayRevision < memory.gatewayRevision)
  return isLate ? { fields, isGateways: false } : { fields: toHash(connection.fields), isGateways: true }
}

/** The gateway's fields, in Redis and in memory. */
function forConnection(copies: ReconcileCopies): Part {
  const { memory, redis, connection, isHeld, pending } = copies
  const right = rightConnection(copies)
  const waiting = new Set([...pending, ...(connection?.pending?.fields ?? [])])
  const names = namesOf('gateway', right.fields, redis.hash)
  const stored = differing(names, redis.hash, right.fields).filter((name) => !isPending(waiting, name))
  const plan = stored.map((name) =>
    planRow(memory.sid, name, 'redis', [textOf(redis.hash, name), textOf(right.fields, name)]),
  )
  const inMemory = forMemory(copies)
  if (stored.length === 0) return inMemory
  if (isHeld && !stored.some((name) => FENCE.includes(name))) {
    const revision = Number(textOf(redis.hash, 'gatewayRevision'))
    const above = stored.includes('gatewayRevision') && revision > 0 ? revision : null
    return { plan: [...plan, ...inMemory.plan], steps: [{ kind: 'refresh', above }] }
  }
  const taken: ReconcileStep[] =
    right.isGateways && connection ? [{ kind: 'take-connection', fields: connection.fields }] : []
  const rewrite: ReconcileStep = { kind: 'rewrite', seen: seenConnection(redis.hash) }
  return { plan: [...plan, ...inMemory.plan], steps: [...taken, rewrite] }
}

function forMemory(copies: ReconcileCopies): Part {
  const right = rightConnection(copies)
  if (!right.isGateways) return NOTHING
  const memory = serverReading({ ...copies.memory, serverRevision: 0 }, 0).fields
  const { sid } = copies.memory
  const names = differing(namesOf('gateway', right.fields), memory, right.fields)
  if (names.length === 0) return NOTHING
  return {
    plan: names.map((name) => planRow(sid, name, 'server', [textOf(memory, name), textOf(right.fields, name)])),
    steps: [{ kind: 'refresh', above: null }],
  }
}

/** Who the session is, as its gateway knows it. */
function forGateway({ memory, connection, isHeld }: ReconcileCopies): Part {
  if (!connection || !isHeld) return NOTHING
  const known = gatewayReading(connection, 0).fields
  const right = toHash({ player: memory.player, loginState: memory.loginState })
  const names = differing(Object.keys(right), known, right)
  if (names.length === 0) return NOTHING
  return {
    plan: names.map((name) => planRow(memory.sid, name, 'gateway', [textOf(known, name), textOf(right, name)])),
    steps: [{ kind: 'bind' }],
  }
}
