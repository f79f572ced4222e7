import { systemClock } from '@holdfast/runtime'
import { partitionOf, type SessionRecord, type Sid } from '../../src/contracts/index.ts'
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
import type { ToyGateway, ToySession } from './toy-gateway.ts'

const GATEWAY = 'toy-gateway'
const SLOT = 7

export interface ToyHolder {
  /** Publishes the connection's copy and speaks for it from now on. */
  hold(session: ToySession): void
  /** What it was ordered, `what sid`. */
  readonly orders: readonly string[]
  stop(): Promise<void>
}

/** The rest of the test's gateway: beats, its copies, what it is asked and what it is ordered. */
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
  const orders: string[] = []
  const board = await openControlBoard({
    kafka,
    batcher,
    clock: systemClock,
    incarnation: GATEWAY,
    onReopened: (problem) => trouble.push(problem),
  })

  const publish = ({ sid, fields }: ToySession): void => {
    const copy: Pick<SessionRecord, 'player' | 'loginState'> = { player: null, loginState: 'connected' }
    const record = { v: 1, kind: 'connection', at: Date.now(), sid, fields, ...copy, pending: null }
    batcher.send({ topic: TOPICS.state, partition: partitionOf(sid), key: `${sid}/gateway`, value: encode(record) })
  }

  const refresh = async (session: ToySession): Promise<void> => {
    const { sid, fields } = session
    const gatewayRevision = fields.gatewayRevision + 1
    Object.assign(fields, { gatewayRevision })
    publish(session)
    const { client, width, height, capabilities, host } = fields
    gateway.send({
      v: 1,
      type: 'connection.changed',
      id: `${sid}:r${gatewayRevision}`,
      at: Date.now(),
      sid,
      connectionEpoch: 1,
      from: GATEWAY,
      gatewayRevision,
      fields: { client, width, height, capabilities, host },
    })
    await scripts.gatewaySet(sid, { gateway: GATEWAY, connectionEpoch: 1, gatewayRevision }, fields)
  }

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
  board.on('order', ({ gateway: to, what, sids }) => {
    if (to !== GATEWAY) return
    for (const sid of sids) {
      orders.push(`${what} ${sid}`)
      const session = held.get(sid)
      if (session && what === 'publish') publish(session)
      if (session && what === 'refresh') refresh(session).catch((error: unknown) => trouble.push(String(error)))
    }
  })

  const content = (): BeatContent => ({
    role: 'gateway',
    slot: SLOT,
    sessions: held.size,
    partitions: [],
    lag: 0,
    redisUp: true,
    queue: {
      pending: 0,
      retrying: 0,
      dead: 0,
      oldestMs: 0,
      breaker: 'closed',
      nextProbeAt: null,
      error: null,
      inPerS: 0,
      outPerS: 0,
      writeMs: null,
      ofBound: 0,
    },
    audit: null,
  })
  const beats = startBeats({ clock: systemClock, board, incarnation: GATEWAY, content })

  return {
    hold(session) {
      held.set(session.sid, session)
      publish(session)
    },
    orders,
    async stop() {
      beats.close()
      await board.close()
      await batcher.close(1_000)
      redis.disconnect()
    },
  }
}
