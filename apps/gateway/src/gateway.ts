import { randomBytes } from 'node:crypto'
import {
  createHealth,
  createMetrics,
  type Lifecycle,
  type Logger,
  startHealthServer,
  systemClock,
} from '@holdfast/runtime'
import {
  collectQueue,
  createBreaker,
  createLogReader,
  createSeal,
  createSessionScripts,
  startBeats,
  TOPICS,
} from '@holdfast/store'
import { ulid } from 'ulid'
import type { GatewayConfig } from './config.ts'
import { LIMITS } from './connections/limits.ts'
import { createRegistry } from './connections/registry.ts'
import { createSeats } from './connections/seat.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'
import { openLinks } from './links.ts'
import { takePlace } from './place.ts'
import { createInbound } from './relay/inbound.ts'
import { tellInventories } from './relay/inventories.ts'
import { obeyOrders } from './relay/orders.ts'
import { createOutbound } from './relay/outbound.ts'
import { startOwnCopies } from './relay/own-copies.ts'
import { createOwnFields } from './relay/own-fields.ts'
import { startPulse } from './relay/pulse.ts'
import { startTelnetListener } from './telnet/listener.ts'
import { telnetArrival } from './telnet/telnet-arrival.ts'
import { startWebSocketListener } from './websocket/listener.ts'

const KAFKA_LATE_MS = 3_000

/** A gateway, part by part; what is acquired here is released in the reverse order. */
export async function startGateway(config: GatewayConfig, lifecycle: Lifecycle, logger: Logger): Promise<void> {
  const clock = systemClock
  const { signal } = lifecycle
  const incarnation = `gateway-${randomBytes(6).toString('hex')}`
  const metrics = createMetrics({ defaultLabels: { role: 'gateway' } })
  const seen = createGatewayMetrics(metrics, logger, clock)
  const health = await lifecycle.acquire(
    'health',
    () => createHealth({ clock }),
    (part) => part.close(),
  )
  let isReady = false
  health.check('gateway', () => {
    if (signal.aborted) return { ok: false, detail: 'stopping' }
    return { ok: isReady, detail: isReady ? 'accepting players' : 'starting' }
  })
  const { server: httpServer } = await lifecycle.acquire(
    'health server',
    () => startHealthServer({ host: config.host, port: config.httpPort, health, metrics, logger }),
    (server) => server.close(),
  )

  const onTrouble = (problem: string) => seen.trouble('redis', problem)
  // Until there is something to measure: who waits for this gateway reads what it waits for.
  const endWait = health.check('kafka', () => ({ ok: false, detail: 'not reached yet, or without its topics' }))
  const links = await openLinks({ config, lifecycle, logger, clock, incarnation, seen })
  endWait()
  const { redis, kafka, batcher, board } = links
  const scripts = createSessionScripts(redis)
  health.check('redis', () => ({ ok: redis.status === 'ready', detail: redis.status }))

  const fail = (reason: string): void => {
    process.exitCode = 71
    void lifecycle.stop(reason)
  }
  const registry = createRegistry()
  seen.collectFrom(registry, batcher)
  const { slot, handles } = await takePlace({
    links,
    scripts,
    lifecycle,
    clock,
    incarnation,
    seen,
    onSlotLost() {
      for (const connection of registry.all()) connection.close('lease-lost')
      fail('SLOT_LOST: another gateway holds this slot')
    },
  })
  const reader = await lifecycle.acquire(
    'output reader',
    () =>
      createLogReader({
        kafka,
        clock,
        topic: TOPICS.out,
        partitions: [slot],
        from: 'end', // fixed before the first client is accepted, so nothing for a client is skipped
        onRecord: createOutbound((sid) => registry.get(sid), { onDropped: seen.dropped }),
        onReopened: (problem) => seen.trouble('kafka', problem),
      }),
    (part) => part.close(),
  )
  // Two witnesses: what is sent is taken, and what is asked is answered (also while nobody types).
  health.check('kafka', () => ({
    ok: batcher.oldestMs < KAFKA_LATE_MS && reader.silentMs < KAFKA_LATE_MS,
    detail: `${batcher.backlogRecords} records wait`,
  }))

  const breaker = createBreaker(clock, Math.random)
  // A link is ready when Redis has answered on it: who connects then need not wait for a probe.
  redis.on('ready', () => breaker.succeeded())
  const ownFields = await lifecycle.acquire(
    'own fields',
    () =>
      createOwnFields({
        scripts,
        clock,
        random: Math.random,
        breaker,
        find: (sid) => registry.get(sid),
        connections: () => registry.size,
        events: {
          onStored: (fields) => seen.updated(fields, 'stored'),
          onRefused: (fields) => seen.updated(fields, 'refused'),
          onFailed(fields, problem) {
            seen.updated(fields, 'failed')
            onTrouble(problem)
          },
          onWaiting: (sid) => copies.changed(sid),
        },
      }),
    (part) => part.close(),
  )
  collectQueue(metrics, () => ownFields.figures())
  const copies = await lifecycle.acquire(
    'own copies',
    () => startOwnCopies({ batcher, registry, waits: ownFields, clock }),
    (part) => part.close(),
  )
  const inbound = createInbound({
    batcher,
    scripts,
    breaker,
    ownFields,
    seal: createSeal(config.secret),
    clock,
    limits: LIMITS,
    logger,
    incarnation,
  })
  await lifecycle.acquire(
    'orders',
    () => obeyOrders({ board, registry, inbound, ownFields, copies, incarnation }),
    (part) => part.close(),
  )
  await lifecycle.acquire(
    'inventories',
    () => tellInventories({ board, registry, batcher, clock, incarnation, slot }),
    (part) => part.close(),
  )
  const pulse = await lifecycle.acquire(
    'pulse',
    () => startPulse({ registry, batcher, clock }),
    (part) => part.close(),
  )
  // Before the players, so that the goodbye comes after all that is said of them.
  await lifecycle.acquire(
    'beats',
    () =>
      startBeats({
        clock,
        board,
        incarnation,
        content: () => ({
          role: 'gateway',
          slot,
          sessions: registry.size,
          partitions: [],
          lag: reader.lag,
          redisUp: redis.status === 'ready',
          queue: ownFields.figures(),
          audit: null,
        }),
      }),
    (part) => part.close(),
  )
  const seats = await lifecycle.acquire(
    'players',
    () =>
      createSeats({
        incarnation,
        slot,
        handles,
        registry,
        inbound,
        copies,
        pulse,
        clock,
        limits: LIMITS,
        newUlid: () => ulid(),
        seen,
      }),
    (part) => part.close(),
  )
  await lifecycle.acquire(
    'telnet',
    () =>
      startTelnetListener({
        host: config.host,
        port: config.telnetPort,
        onConnection: (socket, { ip }) => seats.accept(telnetArrival(socket, ip, clock)),
        logger,
      }),
    (listener) => listener.close(),
  )
  await lifecycle.acquire(
    'websocket',
    () =>
      startWebSocketListener({
        server: httpServer,
        origins: config.wsOrigins,
        trustedProxies: config.trustedProxies,
        limits: LIMITS,
        onArrival: seats.accept,
        onRefused: seen.refused,
        clock,
        random: Math.random,
        logger,
      }),
    (listener) => listener.close(),
  )
  isReady = true
  logger.info({ slot, incarnation }, 'gateway accepts players')
}
