import type { SessionRecord } from '@holdfast/store/contracts'
import { keys } from '../packages/store/src/redis/keys.ts'
import { createJsonRecords, type JsonRecords } from './json-records.ts'
import { atLeast, atMost, type Claim, type Pair, type Row, rounds, rowOf } from './measure.ts'
import { type OwnRedis, receivedBytes, redisBenchmark, startOwnRedis } from './own-redis.ts'
import { newSessions } from './sessions.ts'
import { type StoredPartitions, storePartitions } from './stored-partitions.ts'

/** About 250 in each of the 64 partitions. */
const SESSIONS = 16_000
const WRITERS = 64
const MEASURE_MS = 2_000
const BENCHMARK_REQUESTS = 600_000
const ROUNDS = 7
const WARM_UPS = 1

/** What one measure found: updates a second, and what Redis received for each. */
type Found = { perSecond: number; bytesEach: number }

/** Metadata that must be in Redis when it is counted: our dirty set and flush beside the analysis's compare-and-swap. */
export async function durableUpdates(): Promise<Claim> {
  const redis = await startOwnRedis()
  const records = newSessions(SESSIONS)
  const stored = await storePartitions(redis.ours, records)
  try {
    const json = await createJsonRecords(redis.plain)
    for (const record of records) await json.put(record)
    return claimOf(await distinctSessions(redis, records, stored, json), await oneSession(redis, records, stored, json))
  } finally {
    await stored.close()
    await redis.stop()
  }
}

type Distinct = { ours: Found[]; json: Found[]; benchmark: number[] }

async function distinctSessions(
  redis: OwnRedis,
  records: readonly SessionRecord[],
  stored: StoredPartitions,
  json: JsonRecords,
): Promise<Distinct> {
  const ours: Found[] = []
  const theirs: Found[] = []
  let stamp = 0
  const updateOurs = async (isOver: () => boolean): Promise<number> => {
    let updates = 0
    do {
      const value = `mended ${++stamp}`
      for (const { sid } of records) stored.of(sid).owned.sessions.setMeta(sid, 'doing', value)
      await stored.flushDue()
      updates += records.length
    } while (!isOver())
    return updates
  }
  const updateJson = async (writer: number, isOver: () => boolean): Promise<number> => {
    let updates = 0
    for (let at = writer; !isOver(); at = (at + WRITERS) % SESSIONS) {
      const record = records[at]
      if (record) await json.setMeta(record.sid, 'doing', `mended ${++stamp}`)
      updates++
    }
    return updates
  }
  const found = await rounds(ROUNDS, WARM_UPS, {
    async ours() {
      const perSecond = await counted(redis, ours, updateOurs)
      await checkAll(redis, records, `mended ${stamp}`, stored)
      return perSecond
    },
    json: () => counted(redis, theirs, (isOver) => together(WRITERS, (writer) => updateJson(writer, isOver))),
    benchmark: () => redisBenchmark(redis.port, BENCHMARK_REQUESTS, HSET),
  })
  return { ours: ours.slice(WARM_UPS), json: theirs.slice(WARM_UPS), benchmark: found.map((each) => each.benchmark) }
}

/** A key, a field and a value as long as ours. */
const HSET = ['HSET', 'hf:{12}:s:c-01ARZ3NDEK__rand_int__', 'meta:doing', 'mended 12345']

/** Every session's last value is in Redis, or the figure is void. */
async function checkAll(
  redis: OwnRedis,
  records: readonly SessionRecord[],
  value: string,
  stored: StoredPartitions,
): Promise<void> {
  if (stored.troubles.length > 0) throw new Error(`flushes failed: ${stored.troubles.slice(0, 3).join('; ')}`)
  const pipeline = redis.plain.pipeline()
  for (const { sid } of records) pipeline.hget(keys.session(sid), 'meta:doing')
  const answers = (await pipeline.exec()) ?? []
  const lost = records.length - answers.filter(([error, answer]) => error === null && answer === value).length
  if (lost > 0) throw new Error(`${lost} updates are not in Redis`)
}

type OneSession = { ours: Found[]; json: Found[]; lost: number; tries: number }

/** Each writer sets a field of its own to its count, and goes on only when that is stored. */
async function oneSession(
  redis: OwnRedis,
  records: readonly SessionRecord[],
  stored: StoredPartitions,
  json: JsonRecords,
): Promise<OneSession> {
  const sid = records[0]?.sid
  if (!sid) throw new Error('no session')
  const { owned, flusher } = stored.of(sid)
  const found: Omit<OneSession, 'tries'> = { ours: [], json: [], lost: 0 }
  const last = new Map<number, string>()
  let tries = 0
  let swaps = 0
  const updateOurs = async (isOver: () => boolean): Promise<number> => {
    let updates = 0
    do {
      for (let writer = 0; writer < WRITERS; writer++) {
        const value = `${writer}:${++updates}`
        owned.sessions.setMeta(sid, fieldOf(writer), value)
        last.set(writer, value)
      }
      await flusher.flush()
    } while (!isOver())
    return updates
  }
  const updateJson = async (writer: number, isOver: () => boolean): Promise<number> => {
    let updates = 0
    while (!isOver()) {
      const value = `${writer}:${++updates}`
      const tried = await json.setMeta(sid, fieldOf(writer), value)
      tries += tried
      last.set(writer, value)
    }
    swaps += updates
    return updates
  }
  const countLost = (meta: (field: string) => string | undefined): void => {
    for (const [writer, value] of last) if (meta(fieldOf(writer)) !== value) found.lost++
    last.clear()
  }
  await rounds(ROUNDS, WARM_UPS, {
    async ours() {
      const perSecond = await counted(redis, found.ours, updateOurs)
      const hash = await redis.plain.hgetall(keys.session(sid))
      countLost((field) => hash[`meta:${field}`])
      return perSecond
    },
    async json() {
      const work = (isOver: () => boolean) => together(WRITERS, (writer) => updateJson(writer, isOver))
      const perSecond = await counted(redis, found.json, work)
      const meta = await json.metaOf(sid)
      countLost((field) => meta[field])
      return perSecond
    },
  })
  return { ...found, ours: found.ours.slice(WARM_UPS), json: found.json.slice(WARM_UPS), tries: tries / swaps }
}

const fieldOf = (writer: number): string => `writer${writer}`

/** Runs `work` until MEASURE_MS are over and keeps what was found; returns updates a second. */
async function counted(
  { plain }: OwnRedis,
  found: Found[],
  work: (isOver: () => boolean) => Promise<number>,
): Promise<number> {
  const bytesBefore = await receivedBytes(plain)
  const startedAt = performance.now()
  const updates = await work(() => performance.now() - startedAt >= MEASURE_MS)
  const perSecond = (updates * 1_000) / (performance.now() - startedAt)
  found.push({ perSecond, bytesEach: ((await receivedBytes(plain)) - bytesBefore) / updates })
  return perSecond
}

async function together(count: number, work: (number: number) => Promise<number>): Promise<number> {
  const each = await Promise.all(Array.from({ length: count }, (_, number) => work(number)))
  return each.reduce((sum, updates) => sum + updates, 0)
}

function pairsOf<K extends keyof Found>(ours: readonly Found[], json: readonly Found[], figure: K): Pair[] {
  return ours.map((found, round) => ({ ours: found[figure], base: json[round]?.[figure] ?? Number.NaN }))
}

function claimOf(distinct: Distinct, one: OneSession): Claim {
  const json = 'JSON compare-and-swap'
  const rate = { unit: 'updates/s' } as const
  const benchmark = distinct.ours.map(({ perSecond }, at) => ({
    ours: perSecond,
    base: distinct.benchmark[at] ?? Number.NaN,
  }))
  const lost: Row['note'] = `${one.lost} lost; the reference needs ${one.tries.toFixed(0)} tries for one`
  const bytes = (found: { ours: readonly Found[]; json: readonly Found[] }) =>
    pairsOf(found.ours, found.json, 'bytesEach')
  const rows = [
    rowOf(
      { what: 'distinct sessions', reference: json, ...rate, goal: atLeast(8) },
      pairsOf(distinct.ours, distinct.json, 'perSecond'),
    ),
    rowOf(
      { what: 'distinct sessions', reference: 'redis-benchmark -P 50 HSET', ...rate, goal: atLeast(0.35) },
      benchmark,
    ),
    rowOf(
      { what: '64 writers on one session', reference: json, ...rate, goal: atLeast(50), note: lost },
      pairsOf(one.ours, one.json, 'perSecond'),
    ),
    rowOf(
      { what: 'bytes to Redis, distinct sessions', reference: json, unit: 'bytes', goal: atMost(0.1) },
      bytes(distinct),
    ),
    rowOf({ what: 'bytes to Redis, one session', reference: json, unit: 'bytes', goal: atMost(0.1) }, bytes(one)),
  ]
  // A lost update is no effective one.
  return { ...TEXT, rows: rows.map((row) => (row.note === lost ? { ...row, met: row.met && one.lost === 0 } : row)) }
}

const TEXT: Omit<Claim, 'rows'> = {
  name: 'durable-updates',
  title: 'Metadata updates that are in Redis when they are counted',
  method: [
    `${ROUNDS} rounds of ${MEASURE_MS / 1_000} s each, after one to warm up, on a Redis of its own with the product’s settings (AOF, fsync each second).`,
    `Ours, distinct: setMeta on each of ${SESSIONS} sessions, then the product’s flusher for all 64 partitions; nothing waits for Kafka, as nothing was put out. Every value is read back.`,
    `JSON compare-and-swap: ${WRITERS} writers at once over one pipelining connection, each reading a record, changing it and writing it back by a script that compares a version, again until it is stored.`,
    'redis-benchmark: 50 connections with 50 commands in flight each, key, field and value as long as ours.',
    'One session: each writer goes on only when its update is stored; ours are 64 updates in one flush. Every writer’s last value is read back.',
    'Bytes: total_net_input_bytes of Redis over the updates.',
  ],
}
