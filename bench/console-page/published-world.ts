import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@holdfast/runtime'
import { type Services, startServices } from '@holdfast/stack'
import { createBatcher, createKafka, encode, ensureTopics, TOPICS } from '@holdfast/store'
import { PARTITIONS, partitionOf, type SessionRecord, serverReading, versionOf } from '@holdfast/store/contracts'
import { Redis } from 'ioredis'
import { keys } from '../../packages/store/src/redis/keys.ts'
import { beatOf, GATEWAY, SERVER } from '../../packages/store/src/testing/console-rig.ts'
import { newSessions } from '../sessions.ts'

const STORED_AT_ONCE = 500
const BEAT_MS = 1_000
const CHANGE_EVERY_MS = 50
const TOPICS_MS = 60_000

/** Sessions in Redis and on the log, as a gateway and a server publish them that hold no socket and play no game. */
export interface PublishedWorld {
  readonly services: Services
  readonly dataDir: string
  readonly sessions: readonly SessionRecord[]
  /** Another host for one session, in all its copies; on the way when this returns. */
  rename(handle: number, host: string): void
  /** Somebody types: `perSecond` sessions a second change in memory and in Redis, until the result is called. */
  play(perSecond: number): () => void
  stop(): Promise<void>
}

export async function publishWorld(count: number): Promise<PublishedWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const services = await startServices(dataDir)
  const troubles: string[] = []
  const redis = new Redis(services.redis.url)
  const trouble = (problem: string): void => void troubles.push(problem)
  const kafka = createKafka({ brokers: [services.env.KAFKA_BROKERS], clientId: 'bench-world', onWarning: trouble })
  await ensureTopics(kafka, systemClock, TOPICS_MS, new AbortController().signal)
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: trouble })
  const records: SessionRecord[] = newSessions(count).map((record, number) => ({
    ...record,
    gateway: GATEWAY,
    playerName: `Player${(number * 7_919) % count}`,
    host: `host-${number}.example.net`,
    ip: `10.${number % 7}.0.${number % 250}`,
    connectedAt: Date.now() - number * 1_000,
    lastConnectionSignal: Date.now() - ((number * 104_729) % 3_600_000),
  }))

  const say = (record: object, topic: 'state' | 'control', partition: number, key: string | null): void =>
    batcher.send({ topic: TOPICS[topic], partition, key, value: encode(record) })
  const publish = (record: SessionRecord): void => {
    const { sid, player, loginState } = record
    const partition = partitionOf(sid)
    const at = Date.now()
    const own = { v: 1, kind: 'session', epoch: 1, at, owner: SERVER, record, pending: null }
    say(own, 'state', partition, `${sid}/server`)
    const copy = { v: 1, kind: 'connection', at, sid, fields: record, player, loginState, pending: null }
    say(copy, 'state', partition, `${sid}/gateway`)
  }
  const store = async (some: readonly SessionRecord[]): Promise<void> => {
    const pipeline = redis.pipeline()
    for (const record of some) {
      const fields = Object.entries(serverReading(record, 0).fields).filter(([, text]) => text !== '')
      pipeline.hset(keys.session(record.sid), ...fields.flat())
      pipeline.hset(keys.versions(partitionOf(record.sid)), record.sid, versionOf(record))
    }
    await pipeline.exec()
  }
  const put = (index: number, change: Partial<SessionRecord>): void => {
    const before = records[index]
    if (!before) throw new Error(`no session ${index}`)
    const record = { ...before, ...change, serverRevision: before.serverRevision + 1 }
    records[index] = record
    publish(record)
    store([record]).catch((error: unknown) => trouble(String(error)))
  }

  for (let partition = 0; partition < PARTITIONS; partition++) {
    const position = { v: 1, kind: 'position', epoch: 1, at: Date.now(), owner: SERVER, partition, offset: 0 }
    say(position, 'state', partition, `${partition}/position`)
  }
  for (const record of records) publish(record)
  for (let from = 0; from < count; from += STORED_AT_ONCE) await store(records.slice(from, from + STORED_AT_ONCE))
  await batcher.acknowledged(batcher.position())
  const beating = systemClock.setInterval(() => {
    for (const process of [SERVER, GATEWAY]) say(beatOf(process, { at: Date.now() }), 'control', 0, null)
  }, BEAT_MS)

  return {
    services,
    dataDir,
    sessions: records,
    rename: (handle, host) =>
      put(handle - 1, { host, gatewayRevision: (records[handle - 1]?.gatewayRevision ?? 0) + 1 }),
    play(perSecond) {
      let next = 0
      const each = Math.round((perSecond * CHANGE_EVERY_MS) / 1_000)
      const timer = systemClock.setInterval(() => {
        for (let number = 0; number < each; number++) {
          next = (next + 7_919) % count
          const { commandCount, inputSequence } = records[next] ?? { commandCount: 0, inputSequence: 0 }
          const change = { commandCount: commandCount + 1, inputSequence: inputSequence + 1 }
          put(next, { ...change, lastConnectionSignal: Date.now(), room: `#${next % 300}` })
        }
      }, CHANGE_EVERY_MS)
      return () => timer.cancel()
    },
    async stop() {
      beating.cancel()
      await batcher.close(1_000)
      redis.disconnect()
      await services.stop()
      rmSync(dataDir, { recursive: true, force: true })
      if (troubles.length > 0) console.error(`  ${troubles.length} troubles of the world, first: ${troubles[0]}`)
    },
  }
}
