import { systemClock } from '@holdfast/runtime'
import { createSessionScripts } from '@holdfast/store'
import { type GatewayFields, type SessionRecord, toHash } from '@holdfast/store/contracts'
import { createSessionMap } from '../packages/store/src/memory/session-map.ts'
import { keys } from '../packages/store/src/redis/keys.ts'
import { createDirtySet } from '../packages/store/src/write-behind/dirty-set.ts'
import { atMost, type Claim, nsEach, rounds, rowOf } from './measure.ts'
import { type OwnRedis, startOwnRedis } from './own-redis.ts'
import { gatewayFieldsOf, newSessions } from './sessions.ts'
import { storePartitions } from './stored-partitions.ts'

const IN_MEMORY = 20_000
const DURABLE = 1_000
const ROUNDS = 21
const WARM_UPS = 4
const NS_MAX = 5_000

/** What a connect and a hang-up cost, one at a time: in the owner's memory, and until Redis has it. */
export async function registerAndDisconnect(): Promise<Claim> {
  const memory = await inMemory()
  const redis = await startOwnRedis()
  const durable = await inRedis(redis).finally(() => redis.stop())
  const goal = atMost(NS_MAX, 'ours')
  const pair = (ours: keyof typeof memory) => (base: keyof typeof memory) =>
    memory[ours].map((value, round) => ({ ours: value, base: memory[base][round] ?? Number.NaN }))
  return {
    name: 'register-and-disconnect',
    title: 'Register and disconnect a session',
    method: [
      `${ROUNDS} rounds after ${WARM_UPS} to warm up, ${IN_MEMORY} sessions in memory and ${DURABLE} in Redis each, one after the other.`,
      'Memory: the owner puts the session in, marked to be written whole, and takes it out, marked to be tombstoned; beside Map.set and Map.delete of the same record.',
      'Redis, register: the gateway’s script (refuses the dead, never overwrites, keeps the index) beside one HSET of the same fields.',
      'Redis, disconnect: removal from memory and the fenced flush that deletes, tombstones and moves the index; beside one DEL of such a record.',
    ],
    rows: [
      rowOf({ what: 'register in memory', reference: 'a bare Map.set', unit: 'ns', goal }, pair('register')('set')),
      rowOf(
        { what: 'disconnect in memory', reference: 'a bare Map.delete', unit: 'ns', goal },
        pair('disconnect')('delete'),
      ),
      rowOf({ what: 'register in Redis', reference: 'a bare HSET', unit: 'us', goal: atMost(2) }, durable.register),
      rowOf({ what: 'disconnect in Redis', reference: 'a bare DEL', unit: 'us', goal: atMost(2) }, durable.disconnect),
    ],
  }
}

async function inMemory() {
  const records = newSessions(IN_MEMORY)
  const dirty = createDirtySet(systemClock)
  const sessions = createSessionMap(dirty)
  const bare = new Map<string, SessionRecord>()
  const put = (): void => {
    for (const record of records) sessions.put(record, false)
  }
  const remove = (): void => {
    for (const { sid, connectionEpoch, connectedAt } of records) {
      sessions.remove(sid)
      dirty.markEnded(sid, { connectionEpoch, reason: 'client', at: connectedAt })
    }
  }
  const setBare = (): void => {
    for (const record of records) bare.set(record.sid, record)
  }
  const deleteBare = (): void => {
    for (const { sid } of records) bare.delete(sid)
  }
  const flushed = (): void => dirty.settle(dirty.take())
  /** Each measure leaves the maps empty, whatever the order of a round. */
  const found = await rounds(ROUNDS, WARM_UPS, {
    register: () => timed({ before: flushed, work: put, after: remove }),
    set: () => timed({ before: () => undefined, work: setBare, after: deleteBare }),
    disconnect: () =>
      timed({
        before() {
          put()
          flushed()
        },
        work: remove,
        after: flushed,
      }),
    delete: () => timed({ before: setBare, work: deleteBare, after: () => undefined }),
  })
  const of = (name: 'register' | 'set' | 'disconnect' | 'delete') => found.map((each) => each[name])
  return { register: of('register'), set: of('set'), disconnect: of('disconnect'), delete: of('delete') }
}

function timed({ before, work, after }: Record<'before' | 'work' | 'after', () => void>): number {
  before()
  const ns = nsEach(IN_MEMORY, work)
  after()
  return ns
}

async function inRedis({ ours, plain }: OwnRedis) {
  const scripts = createSessionScripts(ours)
  const stored = await storePartitions(ours, [])
  const register: { ours: number; base: number }[] = []
  const disconnect: { ours: number; base: number }[] = []
  await rounds(ROUNDS, WARM_UPS, {
    async all() {
      const records = newSessions(DURABLE)
      const bareKey = ({ sid }: SessionRecord): string => `bare:${sid}`
      const put = await usPairs(records, {
        ours: ({ sid, handle }) => scripts.register(sid, gatewayFieldsOf(handle)),
        base: (record) => plain.hset(bareKey(record), hashOf(gatewayFieldsOf(record.handle))),
      })
      for (const record of records) stored.of(record.sid).owned.sessions.put(record, true)
      const ended = await usPairs(records, {
        ours({ sid, connectionEpoch, connectedAt }) {
          const { owned, flusher } = stored.of(sid)
          owned.sessions.remove(sid)
          owned.dirty.markEnded(sid, { connectionEpoch, reason: 'client', at: connectedAt })
          return flusher.flush()
        },
        base: (record) => plain.del(bareKey(record)),
      })
      if ((await plain.exists(...records.map(({ sid }) => keys.session(sid)))) > 0) throw new Error('a session stayed')
      register.push(put)
      disconnect.push(ended)
      return 0
    },
  })
  await stored.close()
  if (stored.troubles.length > 0) throw new Error(`flushes failed: ${stored.troubles[0]}`)
  return { register: register.slice(WARM_UPS), disconnect: disconnect.slice(WARM_UPS) }
}

/** An absent value is an absent field. */
const hashOf = (fields: GatewayFields): Record<string, string> =>
  Object.fromEntries(Object.entries(toHash(fields)).filter(([, value]) => value !== ''))

/** us for each of ours and each of the reference, in turn, session by session. */
async function usPairs(
  records: readonly SessionRecord[],
  { ours, base }: Record<'ours' | 'base', (record: SessionRecord) => Promise<unknown>>,
): Promise<{ ours: number; base: number }> {
  const took = { ours: 0, base: 0 }
  for (const record of records) {
    const startedAt = performance.now()
    await ours(record)
    const between = performance.now()
    await base(record)
    took.ours += between - startedAt
    took.base += performance.now() - between
  }
  return { ours: (took.ours * 1_000) / records.length, base: (took.base * 1_000) / records.length }
}
