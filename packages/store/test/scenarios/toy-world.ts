import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, type Services, startRedis, startServices } from '@holdfast/stack'
import { startTcpProxy, type TcpProxy } from '@holdfast/stack/tcp-proxy'
import { Redis } from 'ioredis'
import { fromHash, type SessionRecord, type Sid } from '../../src/contracts/index.ts'
import { keys } from '../../src/redis/keys.ts'
import { startToyServer, type ToyServer } from './toy-driver.ts'
import { startToyGateway, type ToyGateway } from './toy-gateway.ts'

export const SECRET = 'a secret that only these tests share'
/** Links to Kafka that a test can cut, each for one server. */
const LINKS = ['first', 'second'] as const

export interface Link {
  redis: TcpProxy
  kafka: TcpProxy
}

export interface ToyWorld {
  /** Where the services keep their files. */
  readonly folder: string
  services: Services
  gateway: ToyGateway
  redis: Redis
  /** Another gateway beside it, in a slot of its own. */
  gatewayAt(name: string, slot: number): Promise<ToyGateway>
  /** Starts a server; a link of its own puts the test's proxies between it and its services. */
  server(link?: Link, clockOffMs?: number): Promise<ToyServer>
  links: readonly [Link, Link]
  /** What Redis holds of a session; null for nothing. */
  stored(sid: Sid): Promise<SessionRecord | null>
  /** A copy of Redis's files as they are now, for `restartRedis`. */
  copyOfRedis(): string
  /** Kills Redis and starts it again on `files`: a copy of earlier, or none (an empty one). */
  restartRedis(files: string | null): Promise<void>
  /** Ends all servers and mends all links; the services stay. */
  endServers(): Promise<void>
  stop(): Promise<void>
}

/** Real services of the test's own, the test's gateways, and servers that can be killed, stopped and cut off. */
export async function startToyWorld({ graceMs = 120_000 } = {}): Promise<ToyWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-scenarios-'))
  const ports = await freePorts(6)
  const [listen1 = 0, listen2 = 0, kafka1 = 0, kafka2 = 0, redis1 = 0, redis2 = 0] = ports
  const services = await startServices(folder, {
    extraListeners: [
      { name: LINKS[0], port: listen1, advertisedPort: kafka1 },
      { name: LINKS[1], port: listen2, advertisedPort: kafka2 },
    ],
  })
  const redisPort = Number(new URL(services.env.REDIS_URL).port)
  const links: readonly [Link, Link] = [
    {
      redis: await startTcpProxy({ port: redis1, to: redisPort }),
      kafka: await startTcpProxy({ port: kafka1, to: listen1 }),
    },
    {
      redis: await startTcpProxy({ port: redis2, to: redisPort }),
      kafka: await startTcpProxy({ port: kafka2, to: listen2 }),
    },
  ]
  const redisFiles = join(folder, 'redis')
  let redisService = services.redis
  let copies = 0
  const redis = new Redis(services.env.REDIS_URL)
  redis.on('error', () => undefined) // it is restarted by tests, and connects again
  let servers: ToyServer[] = []
  // The first server makes the topics that the test's gateway needs.
  const first = await startToyServer({ ...services.env, SECRET })
  await first.ready()
  const gateway = await startToyGateway(services.env.KAFKA_BROKERS, SECRET)
  await first.stop()
  const gateways = [gateway]

  const endServers = async (): Promise<void> => {
    const ending = servers
    servers = []
    await Promise.all(ending.map((server) => server.kill()))
    for (const link of links) await Promise.all([link.redis.restore(), link.kafka.restore()])
  }

  return {
    folder,
    services,
    gateway,
    redis,
    links,
    async gatewayAt(name, slot) {
      const another = await startToyGateway(services.env.KAFKA_BROKERS, SECRET, { name, slot })
      gateways.push(another)
      return another
    },
    async server(link, clockOffMs = 0) {
      const env = link
        ? { REDIS_URL: `redis://127.0.0.1:${link.redis.port}`, KAFKA_BROKERS: `127.0.0.1:${link.kafka.port}` }
        : services.env
      const server = await startToyServer({
        ...env,
        SECRET,
        GRACE_MS: String(graceMs),
        CLOCK_OFF_MS: String(clockOffMs),
      })
      servers.push(server)
      return server
    },
    async stored(sid) {
      const hash = await redis.hgetall(keys.session(sid))
      const reading = fromHash(sid, hash)
      return reading.ok ? reading.record : null
    },
    copyOfRedis() {
      const copy = join(folder, `redis-copy-${++copies}`)
      cpSync(redisFiles, copy, { recursive: true })
      return copy
    },
    async restartRedis(files) {
      redisService.kill('SIGKILL')
      await redisService.exited
      rmSync(redisFiles, { recursive: true, force: true })
      if (files) cpSync(files, redisFiles, { recursive: true })
      redisService = await startRedis({ dataDir: redisFiles, port: redisPort, logDir: join(folder, 'logs') })
    },
    endServers,
    async stop() {
      await endServers()
      await Promise.all(gateways.map((each) => each.stop()))
      redis.disconnect()
      for (const link of links) await Promise.all([link.redis.close(), link.kafka.close()])
      await Promise.all([services.stop(), redisService.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
