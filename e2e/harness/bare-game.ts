import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, startServices } from '@holdfast/stack'
import { startTcpProxy, type TcpProxy } from '@holdfast/stack/tcp-proxy'
import type { Redis } from 'ioredis'
import { type Child, spawnScript } from './child.ts'
import { newDataDir, openRedis, removeDataDir, untilReady, WIZARD } from './game.ts'

/**
 * A game without a supervisor: the test itself starts the gateway and the server, so that it can end a server and start
 * the next one at once, and it can cut the gateway's own ways to Kafka and Redis while the server keeps its own.
 */
export interface BareGame {
  readonly telnetPort: number
  readonly redis: Redis
  /** The gateway's links; the server does not use them. */
  readonly gatewayKafka: TcpProxy
  readonly gatewayRedis: TcpProxy
  /** SIGKILL, and a new server at once; resolves when the old one is gone. */
  replaceServer(): Promise<void>
  signalServer(signal: NodeJS.Signals): void
  ready(ms?: number): Promise<void>
  stop(): Promise<void>
}

const PREPARE_MS = 60_000
const START_MS = 60_000
const STOP_MS = 20_000
const KILLED_MS = 5_000

export async function startBareGame(): Promise<BareGame> {
  const dataDir = newDataDir()
  const [telnetPort = 0, gatewayHttp = 0, serverHttp = 0, linkPort = 0, listenerPort = 0, redisLinkPort = 0] =
    await freePorts(6)
  const services = await startServices(dataDir, {
    extraListeners: [{ name: 'gateway', port: listenerPort, advertisedPort: linkPort }],
  })
  const gatewayKafka = await startTcpProxy({ port: linkPort, to: listenerPort })
  const gatewayRedis = await startTcpProxy({ port: redisLinkPort, to: services.redis.ports.redis ?? 0 })
  const common = { HOLDFAST_SECRET: randomBytes(32).toString('hex') }

  const prepared = spawnScript('apps/server/src/prepare.ts', [], {
    ...services.env,
    HOLDFAST_WIZARD_NAME: WIZARD.name,
    HOLDFAST_WIZARD_PASSWORD: WIZARD.password,
  })
  if ((await prepared.exited(PREPARE_MS)) !== 0) throw new Error(`no world: ${prepared.output()}`)

  const startServer = (): Child =>
    spawnScript('apps/server/src/main.ts', [], {
      ...common,
      ...services.env,
      HOLDFAST_SERVER_HTTP_PORT: String(serverHttp),
    })
  let server = startServer()
  const gateway = spawnScript('apps/gateway/src/main.ts', [], {
    ...common,
    KAFKA_BROKERS: `127.0.0.1:${linkPort}`,
    REDIS_URL: `redis://127.0.0.1:${redisLinkPort}`,
    HOLDFAST_TELNET_PORT: String(telnetPort),
    HOLDFAST_HTTP_PORT: String(gatewayHttp),
  })
  const redis = openRedis(services.redis.url)
  const ready = (ms?: number): Promise<void> => untilReady([gatewayHttp, serverHttp], ms)
  const keepLog = (name: string, child: Child): void =>
    appendFileSync(join(dataDir, 'logs', `${name}-0.log`), child.output())

  const stop = async (): Promise<void> => {
    redis.disconnect()
    // In the order of the product's own supervisor: who was there last must still be heard.
    for (const [name, child] of [
      ['gateway', gateway],
      ['server', server],
    ] as const) {
      child.process.kill('SIGCONT')
      child.process.kill('SIGTERM')
      await child.exited(STOP_MS).catch(() => child.process.kill('SIGKILL'))
      keepLog(name, child)
    }
    await Promise.all([gatewayKafka.close(), gatewayRedis.close()])
    await services.stop()
    removeDataDir(dataDir)
  }

  const kafkaEnded = services.kafka.exited.then(() => {
    throw new Error('Kafka has ended while the game was starting')
  })
  kafkaEnded.catch(() => undefined) // it ends at last, when nobody waits for it any more
  try {
    await Promise.race([ready(START_MS), kafkaEnded])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    telnetPort,
    redis,
    gatewayKafka,
    gatewayRedis,
    ready,
    stop,
    signalServer: (signal) => void server.process.kill(signal),
    async replaceServer() {
      const old = server
      old.process.kill('SIGKILL')
      await old.exited(KILLED_MS)
      keepLog('server', old)
      server = startServer()
    },
  }
}
