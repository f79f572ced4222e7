import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWith } from './harness/files.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { percentile } from './harness/pace.ts'
import {
  connectVisitor,
  createPlayer,
  hangUpAll,
  loginPlayer,
  type Player,
  passwordOf,
  WELCOME,
} from './harness/player.ts'
import { readSessions, sessionOf, untilStored, whoNames } from './harness/sessions.ts'
import { ECHO } from './harness/telnet-stream.ts'

const ANSWER_MS = 5_000
const GOODBYE = 'The tide takes your footprints, not your place. Goodbye.'

let game: Game
let wizard: Player
let ann: Player

beforeAll(async () => {
  game = await startGame()
  wizard = await loginPlayer(game, WIZARD.name, WIZARD.password)
  ann = await createPlayer(game, 'Ann')
})
afterAll(() => game?.stop())

test('lets the wizard and a new player hear each other', async () => {
  await ann.ask('say is anybody here?', 'You say, "is anybody here?"', ANSWER_MS)
  await wizard.waitFor('Ann says, "is anybody here?"', ANSWER_MS)
  await wizard.ask(':nods.', 'Wizard nods.', ANSWER_MS)
  await ann.waitFor('Wizard nods.', ANSWER_MS)
  await ann.ask('page Wizard=a word', "You paged Wizard with 'a word'.", ANSWER_MS)
  await wizard.waitFor('Ann pages: a word', ANSWER_MS)
})

test('lists each player with On For, Idle and Doing', async () => {
  await ann.ask('@doing mending nets', 'Doing set.', ANSWER_MS)
  const since = wizard.lines.length
  await wizard.ask('WHO', /^There are 2 players connected\.$/, ANSWER_MS)
  const table = wizard.lines.slice(since).map(({ text }) => text)
  expect(table[0]).toMatch(/^Player Name +On For +Idle +Doing$/)
  expect(table.find((line) => line.startsWith('Ann '))).toMatch(/^Ann +00:0\d +\d+s +mending nets$/)
  expect(table.find((line) => line.startsWith('Wizard '))).toMatch(/^Wizard +00:0\d +0s$/)
})

test('says goodbye before it closes, and tells the room, when a player quits', async () => {
  const bea = await createPlayer(game, 'Bea')
  expect(await whoNames(ann, ANSWER_MS)).toEqual(['Ann', 'Bea', 'Wizard'])
  const since = ann.lines.length
  bea.send('QUIT')
  await waitUntil(() => !bea.isOpen, { what: 'the close' })
  expect(bea.lines.at(-1)?.text).toBe(GOODBYE)
  await ann.waitFor('Bea has disconnected.', ANSWER_MS, since)
  expect(await whoNames(ann, ANSWER_MS)).toEqual(['Ann', 'Wizard'])
  await untilStored(game.redis, [ann, wizard], ANSWER_MS)
})

test('asks for a password with the echo off, and never sends it back', async () => {
  const visitor = await connectVisitor(game)
  await visitor.ask('connect Ann', 'Password:', ANSWER_MS)
  expect(visitor.negotiations.filter(({ option }) => option === ECHO)).toEqual([{ verb: 'WILL', option: ECHO }])
  await visitor.ask(passwordOf('Ann'), WELCOME, ANSWER_MS)
  expect(visitor.negotiations.filter(({ option }) => option === ECHO)).toEqual([
    { verb: 'WILL', option: ECHO },
    { verb: 'WONT', option: ECHO },
  ])
  expect(visitor.lines.filter(({ text }) => text.includes(passwordOf('Ann')))).toEqual([])
  hangUpAll([visitor])
})

test('keeps passwords out of every file of Kafka, Redis, Postgres and the logs', async () => {
  const [typed, mistyped, changed] = ['typed-secret-aaa', 'mistyped-secret-bbb', 'changed-secret-ccc']
  const cyd = await createPlayer(game, 'Cyd', typed)
  await cyd.ask(`@password ${typed}=${changed}`, 'You have changed your password.', ANSWER_MS)
  const visitor = await connectVisitor(game)
  await visitor.ask(`connect Cyd ${mistyped}`, 'different password', ANSWER_MS)
  await visitor.ask('connect Cyd', 'Password:', ANSWER_MS)
  await visitor.ask(changed, WELCOME, ANSWER_MS)
  hangUpAll([visitor, cyd])

  // What should be found is: else the search would prove nothing.
  for (const service of ['kafka', 'redis', 'postgres']) {
    await waitUntil(() => filesWith(join(game.dataDir, service), 'Cyd').length > 0, { what: `Cyd in ${service}` })
  }
  for (const secret of [typed, mistyped, changed, WIZARD.password, passwordOf('Ann')]) {
    expect(filesWith(game.dataDir, secret)).toEqual([])
  }
})

test('boots, and tells why', async () => {
  const dot = await createPlayer(game, 'Dot')
  await wizard.ask('@boot Dot', 'You booted Dot off!', ANSWER_MS)
  await waitUntil(() => !dot.isOpen, { what: 'the close' })
  expect(dot.lines.at(-1)?.text).toBe('You are politely shown to the door.')
})

test('shows a session in Redis as one reads it', async () => {
  await untilStored(game.redis, [ann, wizard], ANSWER_MS)
  const { key, fields } = await sessionOf(game.redis, 'Ann')
  expect(key).toMatch(/^hf:\{\d+\}:s:\w{1,2}-\w{26}$/)
  expect(fields).toMatchObject({
    player: expect.stringMatching(/^#\d+$/),
    playerName: 'Ann',
    loginState: 'loggedIn',
    status: 'connected',
    room: '#0',
    transport: 'telnet',
    ip: '127.0.0.1',
    host: '127.0.0.1',
    gateway: expect.stringMatching(/^gateway-/),
    handle: expect.stringMatching(/^\d+$/),
    commandCount: String(ann.sent()),
    'meta:_doing': 'mending nets',
  })
  for (const time of ['connectedAt', 'lastConnectionSignal']) {
    expect(Math.abs(Date.now() - Number(fields[time]))).toBeLessThan(120_000)
  }
  expect(await game.redis.ttl(key), 'a live session does not expire').toBe(-1)
})

test('has a new lastConnectionSignal in Redis within 500 ms of a command', async () => {
  const { key } = await sessionOf(game.redis, 'Ann')
  const delays: number[] = []
  for (let round = 1; round <= 10; round++) {
    const before = await game.redis.hget(key, 'lastConnectionSignal')
    const sentAt = performance.now()
    ann.send(`say round ${round}`)
    await waitUntil(async () => (await game.redis.hget(key, 'lastConnectionSignal')) !== before, {
      everyMs: 5,
      what: 'a new lastConnectionSignal',
    })
    delays.push(performance.now() - sentAt)
  }
  console.log(`  lastConnectionSignal in Redis: p50 ${percentile(delays, 0.5)} ms, max ${percentile(delays, 1)} ms`)
  expect(Math.max(...delays)).toBeLessThan(500)
})

test('leaves nothing in Redis of who has gone', async () => {
  const [eve, fay] = await Promise.all([createPlayer(game, 'Eve'), connectVisitor(game)])
  hangUpAll([eve, fay])
  await untilStored(game.redis, [ann, wizard], ANSWER_MS)
  expect(await readSessions(game.redis)).toHaveLength(2)
})

test('ends who is booted though the gateway is dead, and lists nobody who is gone', async () => {
  const gil = await createPlayer(game, 'Gil')
  await game.kill('gateway')
  await Promise.all([wizard, ann, gil].map((player) => waitUntil(() => !player.isOpen, { what: 'the loss of it' })))
  await game.ready()
  wizard = await loginPlayer(game, WIZARD.name, WIZARD.password)
  await wizard.ask('@boot Gil', 'You booted Gil off!', ANSWER_MS)
  await wizard.ask('@boot Ann', 'You booted Ann off!', ANSWER_MS)
  await wizard.ask('@boot/me', /^(1 connection of yours booted|You have no other connection)\.$/, ANSWER_MS)
  await waitUntil(async () => (await whoNames(wizard, ANSWER_MS)).join() === WIZARD.name, { what: 'WHO without them' })
  await untilStored(game.redis, [wizard], ANSWER_MS)
  expect(await readSessions(game.redis)).toHaveLength(1)
})
