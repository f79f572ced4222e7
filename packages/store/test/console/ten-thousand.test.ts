import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { type Services, startServices } from '@holdfast/stack'
import { Redis } from 'ioredis'
import { ulid } from 'ulid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSid, partitionOf, type SessionRecord, serverReading, versionOf } from '../../src/contracts/index.ts'
import {
  type Batcher,
  type Console,
  createBatcher,
  createKafka,
  encode,
  ensureTopics,
  openConsole,
  TOPICS,
} from '../../src/index.ts'
import { keys } from '../../src/redis/keys.ts'
import { beatOf, GATEWAY, SERVER } from '../../src/testing/console-rig.ts'
import { gatewayFields, sessionOf } from '../../src/testing/fixtures.ts'

/** Ten thousand sessions through real Kafka and real Redis. Times are shown, not asserted: machines differ. */

const SESSIONS = 10_000
/** Of the console's heap, for all three copies of a session, its row and its keys. */
const BYTES_A_SESSION_MAX = 6_000

const folder = mkdtempSync(join(tmpdir(), 'holdfast-console-'))
let services: Services
let redis: Redis
let batcher: Batcher
let beating: { cancel(): void }
let shown: Console
let bytesBefore = 0

const sessions: SessionRecord[] = Array.from({ length: SESSIONS }, (_, number) =>
  sessionOf(createSid(ulid()), {
    ...gatewayFields({ handle: number + 1, gateway: GATEWAY, host: `host-${number}.example.net`, client: 'Mudlet' }),
    ip: `10.${number % 7}.${number % 250}.${number % 240}`,
    player: `#${number + 10}`,
    playerName: `Player${number}`,
    loginState: 'loggedIn',
    room: `#${number % 300}`,
    lastConnectionSignal: 1_700_000_000_000 + number * 1_000,
    commandCount: number,
    inputSequence: number,
    meta: { doing: 'mending nets', colour: 'on' },
  }),
)

const say = (record: object, topic: 'state' | 'control', partition: number, key: string | null): void =>
  batcher.send({ topic: TOPICS[topic], partition, key, value: encode(record) })

function publish(record: SessionRecord): void {
  const { sid, player, loginState } = record
  const partition = partitionOf(sid)
  const at = Date.now()
  say(
    { v: 1, kind: 'session', epoch: 1, at, owner: SERVER, record, pending: null },
    'state',
    partition,
    `${sid}/server`,
  )
  const copy = { v: 1, kind: 'connection', at, sid, fields: record, player, loginState, pending: null }
  say(copy, 'state', partition, `${sid}/gateway`)
}

async function store(records: readonly SessionRecord[]): Promise<void> {
  const pipeline = redis.pipeline()
  for (const record of records) {
    const fields = Object.entries(serverReading(record, 0).fields).filter(([, text]) => text !== '')
    pipeline.hset(keys.session(record.sid), ...fields.flat())
    pipeline.hset(keys.versions(partitionOf(record.sid)), record.sid, versionOf(record))
  }
  await pipeline.exec()
}

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc === 'function') gc()
}
const heapBytes = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
const figure = (line: string, info: string): number => Number(new RegExp(`${line}:?=?([\\d.]+)`).exec(info)?.[1] ?? 0)

beforeAll(async () => {
  services = await startServices(folder)
  const { REDIS_URL, KAFKA_BROKERS } = services.env
  redis = new Redis(REDIS_URL)
  const trouble: string[] = []
  const kafka = createKafka({
    brokers: [KAFKA_BROKERS],
    clientId: 'ten-thousand',
    onWarning: (word) => trouble.push(word),
  })
  await ensureTopics(kafka, systemClock, 60_000, new AbortController().signal)
  batcher = createBatcher({ kafka, clock: systemClock, onFailure: (problem) => trouble.push(problem) })
  for (let partition = 0; partition < 64; partition++) {
    const position = { v: 1, kind: 'position', epoch: 1, at: Date.now(), owner: SERVER, partition, offset: 0 }
    say(position, 'state', partition, `${partition}/position`)
  }
  for (const record of sessions) publish(record)
  for (let from = 0; from < SESSIONS; from += 500) await store(sessions.slice(from, from + 500))
  beating = systemClock.setInterval(() => {
    for (const process of [SERVER, GATEWAY]) say(beatOf(process, { at: Date.now() }), 'control', 0, null)
  }, 1_000)
  await batcher.acknowledged(batcher.position())
  bytesBefore = heapBytes()
  const startedAt = performance.now()
  shown = await openConsole({
    redisUrl: REDIS_URL,
    brokers: [KAFKA_BROKERS],
    secret: 'of this test',
    incarnation: 'console-of-ten-thousand',
    clock: systemClock,
    logger: createLogger({ name: 'console', level: 'error' }),
    metrics: createMetrics(),
  })
  console.log(`· a first picture after ${Math.round(performance.now() - startedAt)} ms`)
}, 180_000)
afterAll(async () => {
  await shown.close()
  beating.cancel()
  await batcher.close(1_000)
  redis.disconnect()
  await services.stop()
  rmSync(folder, { recursive: true, force: true })
})

const inSync = (): Promise<boolean> =>
  waitUntil(() => shown.divergence().counts['in-sync'] === SESSIONS, {
    timeoutMs: 60_000,
    everyMs: 200,
    what: `all in sync, not ${JSON.stringify(shown.divergence().counts)}`,
  })

test('all of them are known, judged and in sync, within the bytes that a session may cost', async () => {
  await inSync()
  expect(shown.sessions({})).toMatchObject({ ok: true, value: { total: SESSIONS } })
  const bytes = (heapBytes() - bytesBefore) / SESSIONS
  console.log(`· ${Math.round(bytes)} bytes of heap a session`)
  expect(bytes).toBeLessThan(BYTES_A_SESSION_MAX)
})

test('pages, sorts and filters answer with the rows that were asked for', async () => {
  await inSync()
  const took = (query: Parameters<Console['sessions']>[0]): string => {
    const times = Array.from({ length: 20 }, () => {
      const startedAt = performance.now()
      const answer = shown.sessions(query)
      const ms = performance.now() - startedAt
      expect(answer.ok && answer.value.items.length).toBeLessThanOrEqual(200)
      return ms
    }).sort((a, b) => a - b)
    return `${times[10]?.toFixed(1)} ms, at most ${times[19]?.toFixed(1)} ms`
  }
  console.log(`· first page: ${took({})}`)
  console.log(`· sorted by name, then idle: ${took({ sort: 'player,-idle', limit: 200 })}`)
  console.log(`· filtered and sorted: ${took({ filter: 'ip:10.3.0.0/16 -player:99 idle:>1m', sort: '-idle' })}`)
  expect(shown.sessions({ filter: 'ip:10.3.0.0/16' })).toMatchObject({
    value: { total: Math.ceil((SESSIONS - 3) / 7) },
  })
  const page = shown.sessions({ sort: '-handle', offset: 100, limit: 2 })
  expect(page.ok && page.value.items.map(({ handle }) => handle)).toEqual([SESSIONS - 100, SESSIONS - 101])
})

test('costs Redis little: never more than 2,000 hashes a second', async () => {
  await inSync()
  const cpuOf = (info: string): number => figure('used_cpu_user', info) + figure('used_cpu_sys', info)
  const reads = async (): Promise<number> => figure('cmdstat_hgetall:calls', await redis.info('commandstats'))
  const [cpuBefore, readsBefore, startedAt] = [cpuOf(await redis.info('cpu')), await reads(), performance.now()]
  await systemClock.sleep(10_000)
  const seconds = (performance.now() - startedAt) / 1_000
  const perSecond = ((await reads()) - readsBefore) / seconds
  const load = (100 * (cpuOf(await redis.info('cpu')) - cpuBefore)) / seconds
  console.log(
    `· ${Math.round(perSecond)} hashes and indexes a second, ${load.toFixed(1)} % of a core in Redis, all in all`,
  )
  // 64 indexes in two seconds come on top.
  expect(perSecond).toBeLessThanOrEqual(2_100)
})

test('one edited field among them is found', async () => {
  await inSync()
  const [edited] = sessions.slice(5_555)
  if (!edited) throw new Error('no session')
  const startedAt = performance.now()
  await redis.hset(keys.session(edited.sid), 'room', '#666')
  await waitUntil(() => shown.session(edited.sid)?.session.state === 'drifted', {
    timeoutMs: 40_000,
    everyMs: 50,
    what: 'the drift',
  })
  console.log(`· drifted after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
  expect(shown.divergence().counts).toMatchObject({ drifted: 1, missing: 0, ghost: 0 })
  expect(shown.sessions({ filter: 'state:drifted' })).toMatchObject({ value: { items: [{ drifted: ['room'] }] } })
})
