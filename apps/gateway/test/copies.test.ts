import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts } from '@holdfast/stack'
import { startTcpProxy, type TcpProxy } from '@holdfast/stack/tcp-proxy'
import { sharedServices } from '@holdfast/stack/testing'
import type { ControlBoard } from '@holdfast/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './harness/gateway-process.ts'
import { connectPlayer, windowSize } from './harness/player.ts'
import { type PublishedCopies, type PublishedCopy, readCopies } from './harness/published-copies.ts'
import { createServerSide, SECRET, type ServerSide } from './harness/server-side.ts'
import { openTestBoard } from './harness/test-board.ts'

/** What others read of a gateway's memory and life: its copies on `holdfast.state`, its beats on `holdfast.control`. */

const { redisUrl, kafkaBrokers } = sharedServices()
let link: TcpProxy
let gateway: GatewayProcess
let server: ServerSide
let copies: PublishedCopies
let board: ControlBoard
const closing: (() => unknown)[] = []

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  link = await startTcpProxy({ port, to: Number(new URL(redisUrl).port) })
  gateway = await startGatewayProcess({
    REDIS_URL: `redis://127.0.0.1:${port}`,
    KAFKA_BROKERS: kafkaBrokers,
    HOLDFAST_SECRET: SECRET,
  })
  closing.push(() => gateway.stop())
  server = await createServerSide(kafkaBrokers)
  copies = await readCopies(kafkaBrokers)
  const opened = await openTestBoard(kafkaBrokers)
  board = opened.board
  closing.push(
    () => server.close(),
    () => copies.close(),
    () => opened.close(),
  )
})
afterAll(async () => {
  for (const close of closing) await close()
  await link?.close()
})

describe('a copy', () => {
  test('shows the connection as the gateway holds it, follows each change, and is taken back at the end', async () => {
    const player = await connectPlayer(gateway.telnetPort)
    const session = await server.nextSession()
    const { sid, established } = session
    const first = await copies.until(sid, () => true, 'the copy')
    expect(first).toMatchObject({ fields: established.fields, player: null, loginState: 'connected', pending: null })

    player.send(windowSize(132, 50))
    const isStored = ({ fields, pending }: PublishedCopy) => fields.width === 132 && pending === null
    const wider = await copies.until(sid, isStored, 'the width')
    expect(wider).toMatchObject({ fields: { gatewayRevision: 2, height: 50 } })

    await server.speak([session], [{ kind: 'bind', player: '#7', playerName: 'Ada', loginState: 'loggedIn' }])
    await copies.until(sid, ({ player: who, loginState }) => who === '#7' && loginState === 'loggedIn', 'the player')
    expect(copies.times(sid)).toBeLessThanOrEqual(4)

    player.hangUp()
    await copies.untilTakenBack(sid)
    expect(copies.copy(sid)).toBeNull()
  })

  test('tells what Redis has not taken while it is away, why, and that it has it at last', async () => {
    const player = await connectPlayer(gateway.telnetPort)
    const { sid } = await server.nextSession()
    await copies.until(sid, () => true, 'the copy')
    await link.cut()
    const before = Date.now()
    player.send(windowSize(100, 40))
    const waiting = await copies.until(sid, ({ pending }) => (pending?.attempts ?? 0) >= 2, 'a second try')
    expect(waiting.pending?.fields).toContain('width')
    expect(waiting.pending?.since).toBeGreaterThanOrEqual(before)
    expect(waiting.pending?.error).toMatch(/./)
    await link.restore()
    const stored = await copies.until(sid, ({ pending }) => pending === null, 'nothing waits', 15_000)
    expect(stored.fields.width).toBe(100)
    expect(await gateway.metric('holdfast_metadata_updates_total', { key: 'width', result: 'failed' })).toBeGreaterThan(
      0,
    )
    expect(await gateway.metric('holdfast_metadata_updates_total', { key: 'width', result: 'stored' })).toBeGreaterThan(
      0,
    )
    player.hangUp()
  })
})

test('beats tell of slot, connections and what waits, and the last one says that the gateway leaves', async () => {
  const player = await connectPlayer(gateway.telnetPort)
  const { established } = await server.nextSession()
  const { from, fields } = established
  const { beat } = await waitUntil(
    () => {
      const heard = board.beatOf(from)
      const isBack = heard?.beat.redisUp === true && heard.beat.queue.breaker === 'closed'
      return isBack && heard.beat.sessions === 1 ? heard : null
    },
    { what: 'a beat with one session, Redis being back' },
  )
  expect(beat).toMatchObject({ role: 'gateway', slot: fields.slot, isLeaving: false, redisUp: true, partitions: [] })
  expect(beat.queue).toMatchObject({ pending: 0, retrying: 0, dead: 0, breaker: 'closed' })
  expect(board.isAlive(from)).toBe(true)
  player.hangUp()
  await gateway.stop()
  await waitUntil(() => board.beatOf(from)?.beat.isLeaving, { what: 'the goodbye' })
})
