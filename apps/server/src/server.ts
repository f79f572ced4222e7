import { randomBytes } from 'node:crypto'
import {
  createHealth,
  createMetrics,
  type Lifecycle,
  type Logger,
  startHealthServer,
  systemClock,
} from '@holdfast/runtime'
import { startConnectionStateStore } from '@holdfast/store'
import type { ServerConfig } from './config.ts'
import { createGame } from './game.ts'
import { kafkaCheck, partitionsCheck, postgresCheck, redisCheck } from './readiness.ts'
import { loadTexts } from './text/texts.ts'
import { createPasswords } from './world/passwords.ts'
import { createWorld } from './world/postgres-world.ts'

/** How long a planned stop may take to store what is in memory and to tell the others. */
const STOP_MS = 4_000
/** What an operator's supervisor takes as "start me again". */
const EXIT_START_AGAIN = 71

/** A server, part by part; what is acquired here is released in the reverse order. */
export async function startServer(config: ServerConfig, lifecycle: Lifecycle, logger: Logger): Promise<void> {
  const clock = systemClock
  const incarnation = `server-${randomBytes(6).toString('hex')}`
  const metrics = createMetrics({ defaultLabels: { role: 'server' } })
  const health = await lifecycle.acquire(
    'health',
    () => createHealth({ clock }),
    (part) => part.close(),
  )
  let isStarted = false
  health.check('server', () => ({ ok: isStarted, detail: isStarted ? 'in the group' : 'starting' }))
  await lifecycle.acquire(
    'health server',
    () => startHealthServer({ host: config.host, port: config.httpPort, health, metrics, logger }),
    (server) => server.close(),
  )
  const world = await lifecycle.acquire(
    'world',
    () => createWorld({ databaseUrl: config.databaseUrl, clock, logger }),
    (part) => part.close(),
  )
  const game = createGame({
    world,
    passwords: createPasswords(),
    texts: loadTexts(),
    loginWithoutRedis: config.loginWithoutRedis,
  })
  // The store starts once Kafka answers; the check below takes this one's place.
  health.check('kafka', () => ({ ok: false, detail: 'not reached yet, or without its topics' }))
  const store = await lifecycle.acquire(
    'connection state',
    () =>
      startConnectionStateStore({
        redisUrl: config.redisUrl,
        brokers: config.brokers,
        secret: config.secret,
        incarnation,
        game,
        clock,
        logger,
        metrics,
        signal: lifecycle.signal,
        onDead(error) {
          logger.fatal({ err: error }, 'this process cannot go on: it must be started again')
          process.exit(EXIT_START_AGAIN)
        },
      }),
    (part) => part.stop(STOP_MS),
    { deadlineMs: STOP_MS + 1_000 },
  )
  health.check('redis', () => redisCheck(store.status()))
  health.check('kafka', () => kafkaCheck(store.status()))
  health.check('postgres', () => postgresCheck(world.available()))
  health.check('partitions', () => partitionsCheck(store.status()))
  isStarted = true
  logger.info({ incarnation }, 'server is in the group')
}
