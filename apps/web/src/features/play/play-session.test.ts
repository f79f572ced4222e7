import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { createPlaySession } from './play-session.ts'
import { createFakeGateway } from './testing/fake-gateway.ts'
import { plainText } from './text-style.ts'

function rig({ echo = true } = {}) {
  const clock = manualClock()
  const gateway = createFakeGateway()
  const session = createPlaySession({
    url: 'ws://127.0.0.1:4202/ws',
    openSocket: gateway.openSocket,
    clock,
    random: () => 1,
    isEchoOn: () => echo,
    soon: (work) => work(),
  })
  const lines = () =>
    session
      .read()
      .scrollBack.blocks.flatMap((block) => block.lines.map(({ kind, runs }) => `${kind}: ${plainText(runs)}`))
  return { clock, gateway, session, lines }
}

function connected(options = {}) {
  const parts = rig(options)
  parts.session.start()
  parts.gateway.last().open()
  return parts
}

test('shows what the game says, the prompt with it, and tells the gateway who it is', async () => {
  const { gateway, session, lines } = connected()
  gateway.last().text('Welcome.\r\nName? ')
  expect(lines()).toEqual(['game: Welcome.'])
  expect(plainText(session.read().partial)).toBe('Name? ')
  expect(gateway.last().received()).toEqual([{ id: 'hello', data: { client: 'Holdfast web', width: 80, height: 24 } }])
})

test('joins characters that come in two frames', async () => {
  const { gateway, lines } = connected()
  const bytes = new TextEncoder().encode('漢字\n')
  gateway.last().events.onBytes(bytes.slice(0, 4))
  gateway.last().events.onBytes(bytes.slice(4))
  expect(lines()).toEqual(['game: 漢字'])
})

test('sends each line under its number and shows it where it was sent', async () => {
  const { gateway, session, lines } = connected()
  gateway.last().text('Ready> ')
  expect(session.send('look\nsay hi')).toBe('sent')
  expect(gateway.last().received().slice(1)).toEqual([
    { id: 'input', data: { seq: 1, line: 'look' } },
    { id: 'input', data: { seq: 2, line: 'say hi' } },
  ])
  expect(lines()).toEqual(['game: Ready> ', 'own: look', 'own: say hi'])
  expect(session.read().partial).toEqual([])
})

test('shows no own lines where the player wants none', async () => {
  const { session, lines } = connected({ echo: false })
  session.send('look')
  expect(lines()).toEqual([])
})

test('shows no password, asked for or typed in one line', async () => {
  const { gateway, session, lines } = connected()
  session.send('connect Ann secret-1')
  gateway.last().say('echo', { on: false })
  expect(session.read().isSecret).toBe(true)
  session.send('secret-2')
  gateway.last().say('echo', { on: true })
  expect(session.read().isSecret).toBe(false)
  expect(lines()).toEqual(['own: connect Ann ••••••', 'own: ••••••'])
  expect(gateway.last().lines()).toEqual(['connect Ann secret-1', 'secret-2'])
})

test('keeps what cannot be sent with its writer', async () => {
  const { gateway, session, lines } = rig()
  session.start()
  expect(session.send('look')).toBe('kept')
  expect(gateway.last().received()).toEqual([])
  expect(lines()).toEqual([])
})

test('comes back by itself after a loss, says so, and numbers from one again', async () => {
  const { clock, gateway, session, lines } = connected()
  session.send('look')
  gateway.last().say('ack', { seq: 1 })
  await clock.advance(20_000)
  gateway.last().close(1006)
  expect(session.read().link).toMatchObject({ kind: 'waiting', why: 'lost' })
  await clock.advance(1_000)
  expect(gateway.count()).toBe(2)
  gateway.last().open()
  session.send('WHO')
  expect(gateway.last().received().at(-1)).toEqual({ id: 'input', data: { seq: 1, line: 'WHO' } })
  expect(lines()).toEqual([
    'own: look',
    'notice: Connection lost. Trying again',
    'notice: Connected again after 1 s. Log in to go on.',
    'own: WHO',
  ])
})

test('says which lines may not have arrived, but promises nothing of passwords', async () => {
  const { gateway, session, lines } = connected()
  for (const line of ['say one', 'say two', 'connect Ann secret']) session.send(line)
  gateway.last().say('ack', { seq: 1 })
  gateway.last().close(1006)
  expect(lines().at(-1)).toBe('notice: Your last line may not have reached the game. The up arrow brings it back.')
})

test('tells once that the game does not answer, however often it is tried', async () => {
  const { clock, gateway, session, lines } = rig()
  session.start()
  for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
    gateway.last().close(1006)
    await clock.advance(waitMs)
  }
  expect(gateway.count()).toBe(5)
  expect(lines()).toEqual(['notice: The game does not answer. Trying again'])
})

test('gives up an opening that takes too long', async () => {
  const { clock, gateway, session } = rig()
  session.start()
  await clock.advance(10_000)
  expect(gateway.last().isClosed()).toBe(true)
  expect(session.read().link).toMatchObject({ kind: 'waiting', why: 'away' })
})

test('stays away after a goodbye until it is told to connect', async () => {
  const { clock, gateway, session, lines } = connected()
  gateway.last().text('Goodbye.\r\n')
  gateway.last().say('bye', { reason: 'quit' })
  gateway.last().close(1000)
  await clock.advance(3_600_000)
  expect(gateway.count()).toBe(1)
  expect(lines()).toEqual(['game: Goodbye.', 'notice: You have left the game.'])
  session.retryNow()
  expect(gateway.count()).toBe(2)
})

test('comes back when a gateway that stops says', async () => {
  const { clock, gateway } = connected()
  await clock.advance(20_000)
  gateway.last().say('reconnect', { afterMs: 1_500 })
  gateway.last().close(4001)
  await clock.advance(1_499)
  expect(gateway.count()).toBe(1)
  await clock.advance(1)
  expect(gateway.count()).toBe(2)
})

test('leaves a connection that looks open and does not answer', async () => {
  const { clock, gateway, session } = connected()
  session.send('look')
  await clock.advance(10_000)
  expect(gateway.last().received().at(-1)).toMatchObject({ id: 'hello' })
  await clock.advance(6_000)
  expect(gateway.last().isClosed()).toBe(true)
  expect(session.read().link.kind).toBe('waiting')
})

test('stays with one that answers, however late the game itself is', async () => {
  const { clock, gateway, session } = connected()
  for (let round = 0; round < 5; round++) {
    session.send('look')
    await clock.advance(10_000)
    gateway.last().say('welcome', {})
    await clock.advance(60_000)
  }
  expect(session.read().link.kind).toBe('open')
})

test('hides nothing after a connection that was lost at a password', async () => {
  const { gateway, session } = connected()
  gateway.last().say('echo', { on: false })
  gateway.last().close(1006)
  expect(session.read().isSecret).toBe(false)
})

test('shows what the gateway did not take', async () => {
  const { gateway, session, lines } = connected({ echo: false })
  session.send('x'.repeat(9_000))
  gateway.last().say('error', { code: 'line-too-long', seq: 1, text: 'The line is too long.' })
  gateway.last().close(1006)
  expect(lines()).toEqual(['notice: The line is too long.', 'notice: Connection lost. Trying again'])
})

test('says where a browser does not let it connect', async () => {
  const parts = rig()
  const session = createPlaySession({
    url: 'ws://game.example/ws',
    openSocket: () => {
      throw new Error('SecurityError')
    },
    clock: parts.clock,
    random: () => 1,
    isEchoOn: () => true,
    soon: (work) => work(),
  })
  session.start()
  expect(session.read().link).toMatchObject({ kind: 'over', isRefused: true })
})

test('tells the gateway a new size once', async () => {
  const { gateway, session } = connected()
  session.resize(100, 40)
  session.resize(100, 40)
  expect(gateway.last().received().slice(1)).toEqual([
    { id: 'hello', data: { client: 'Holdfast web', width: 100, height: 40 } },
  ])
})

test('ends with its page', async () => {
  const { clock, gateway, session } = connected()
  session.stop()
  expect(gateway.last().isClosed()).toBe(true)
  await clock.advance(3_600_000)
  expect(gateway.count()).toBe(1)
})
