import { systemClock } from '@holdfast/runtime'
import { type GatewayFields, partitionOf, type SessionRecord, type Sid } from '../../src/contracts/index.ts'
import {
  type BeatContent,
  createBatcher,
  createKafka,
  createRedis,
  createSessionScripts,
  encode,
  openControlBoard,
  startBeats,
  TOPICS,
} from '../../src/index.ts'
import { QUIET_CONTENT } from '../../src/testing/beats.ts'
import type { ToyGateway, ToySession } from './toy-gateway.ts'

const GATEWAY = 'toy-gateway'
const SLOT = 7

export interface ToyHolder {
  /** Publishes the connection's copy and speaks for it from now on. */
  hold(session: ToySession): void
  /** Who the session is, as this gateway knows it; undefined for one that it does not hold (any more). */
  knows(sid: Sid): Known | undefined
  /** What it was ordered, `what sid`. */
  readonly orders: readonly string[]
  stop(): Promise<void>
}

type Known = Pick<SessionRecord, 'player' | 'loginState'>

/** The rest of the test's gateway: beats, its copies, what it is asked and what it is ordered, and the close that it is told. */
export async function startToyHolder(
  env: { brokers: string; redisUrl: string },
  gateway: ToyGateway,
): Promise<ToyHolder> {
  const trouble: string[] = []
  const kafka = createKafka({ brokers: [env.brokers], clientId: 'toy-holder', onWarning: (text) => trouble.push(text) })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: (problem) => trouble.push(problem) })
  const redis = createRedis(env.redisUrl, 'flush', (error) => trouble.push(error.message))
  const scripts = createSessionScripts(redis)
  const held = new Map<Sid, ToySession>()
  const known = new Map<Sid, Known>()
  const orders: string[] = []
  const board = await openControlBoard({
    kafka,
    batcher,
    clock: systemClock,
    incarnation: GATEWAY,
    onReopened: (problem) => trouble.push(problem),
  })

  const publish = ({ sid, fields }: ToySession): void => {
    const copy: Known = known.get(sid) ?? { player: null, loginState: 'connected' }
    const record = { v: 1, kind: 'connection', at: Date.now(), sid, fields, ...copy, pending: null }
    batcher.send({ topic: TOPICS.state, partition: partitionOf(sid), key: `${sid}/gateway`, value: encode(record) })
  }

  /** Tells log, Redis and consoles all its fields, under a new revision. */
  const refresh = async (session: ToySession, changes: Partial<GatewayFields> = {}, above = 0): Promise<void> => {
    const { sid, fields } = session
    const gatewayRevision = Math.max(fields.gatewayRevision, above) + 1
    Object.assign(fields, changes, { gatewayRevision })
    publish(session)
    const head = {
      v: 1 as const,
      id: `${sid}:r${gatewayRevision}`,
      at: Date.now(),
      sid,
      connectionEpoch: 1,
      from: GATEWAY,
    }
    gateway.send({ ...head, type: 'connection.established', stored: true, fields: { ...fields } })
    await scripts.gatewaySet(sid, { gateway: GATEWAY, connectionEpoch: 1, gatewayRevision }, fields)
  }

  gateway.onPart((sid, part) => {
    const session = held.get(sid)
    if (!session) return
    if (part.kind === 'bind') {
      known.set(sid, { player: part.player, loginState: part.loginState })
      publish(session)
    }
    if (part.kind !== 'close') return
    held.delete(sid)
    known.delete(sid)
    batcher.send({ topic: TOPICS.state, partition: partitionOf(sid), key: `${sid}/gateway`, value: null })
    gateway.close(session, part.reason)
  })
  board.on('ask', ({ id, what, partitions }) => {
    if (what !== 'inventory') return
    for (const partition of partitions) {
      const mine = [...held.keys()].filter((sid) => partitionOf(sid) === partition)
      const event = {
        v: 1,
        type: 'gateway.inventory',
        id: `inventory:${id}`,
        at: Date.now(),
        from: GATEWAY,
        slot: SLOT,
        ask: id,
        held: mine.map((sid) => [sid, 1]),
      }
      batcher.send({ topic: TOPICS.session, partition, key: null, value: encode(event) })
    }
  })
  board.on('order', ({ gateway: to, what, sids, fields, above }) => {
    if (to !== GATEWAY) return
    for (const sid of sids) {
      orders.push(`${what} ${sid}`)
      const session = held.get(sid)
      if (session && what === 'publish') publish(session)
      if (!session || (what !== 'refresh' && what !== 'adopt')) continue
      refresh(session, fields, above).catch((error: unknown) => trouble.push(String(error)))
    }
  })

  const content = (): BeatContent => ({ ...QUIET_CONTENT, role: 'gateway', slot: SLOT, sessions: held.size })
  const beats = startBeats({ clock: systemClock, board, incarnation: GATEWAY, content })

  return {
    hold(session) {
      held.set(session.sid, session)
      publish(session)
    },
    knows: (sid) => (held.has(sid) ? (known.get(sid) ?? { player: null, loginState: 'connected' }) : undefined),
    orders,
    async stop() {
      beats.close()
      await board.close()
      await batcher.close(1_000)
      redis.disconnect()
    },
  }
}
