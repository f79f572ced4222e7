import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { pace, percentile, until } from './harness/pace.ts'
import {
  connectVisitor,
  createPlayer,
  createPlayers,
  hangUpAll,
  type Player,
  passwordOf,
  WELCOME,
} from './harness/player.ts'
import type { Role } from './harness/processes.ts'
import { readiness } from './harness/readiness.ts'
import { createChance, momentsOf } from './harness/seed.ts'
import { untilStored, untilWho } from './harness/sessions.ts'
import { talk } from './harness/talk.ts'

const STOPPED_MS = 10_000
const EVERY_MS = 100
/** Whatever waits for Redis waits 800 ms, the time-out of its commands. */
const WITHOUT_REDIS_MS = 600

const SETTLED_MS = 15_000

const chance = createChance('moments of the kills')
let game: Game

beforeAll(async () => {
  game = await startGame()
})
afterAll(() => game?.stop())

const answerTimes = (ann: Player, count: number, topic: string): Promise<number[]> =>
  pace(count, EVERY_MS, async (number) => {
    const sentAt = performance.now()
    const { at } = await ann.ask(`say ${topic} ${number}`, `You say, "${topic} ${number}"`, 5_000)
    return at - sentAt
  })

const shown = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms, max ${percentile(times, 1)} ms`

/** A login while Redis is stopped: what it says, and how long after the line was typed. */
async function loginWithoutRedis(): Promise<{ player: Player; tookMs: number }> {
  const player = await connectVisitor(game, 'Bob')
  const sentAt = performance.now()
  const { at } = await player.ask(`create Bob ${passwordOf('Bob')}`, 'Your login is not stored yet', 5_000)
  return { player, tookMs: at - sentAt }
}

/** The numbers of what Ann said about a topic, as a player heard them: before its welcome, and since. */
function heardSinceWelcome(topic: string, { lines }: Player): number[] {
  const since = lines.slice(lines.findIndex(({ text }) => text.includes(WELCOME)))
  return since.flatMap(({ text }) => new RegExp(`says, "${topic} (\\d+)"`).exec(text)?.slice(1).map(Number) ?? [])
}

test('answers as before, and tells a login how it stands, while Redis is stopped; stores all afterwards', async () => {
  const ann = await createPlayer(game, 'Ann')
  const before = await answerTimes(ann, 50, 'before')
  const stoppedAt = performance.now()
  await game.kill('redis', 0, 'SIGSTOP')
  const [during, bob, unready] = await Promise.all([
    answerTimes(ann, STOPPED_MS / EVERY_MS, 'during'),
    loginWithoutRedis(),
    waitUntil(
      async () => {
        const answers = await Promise.all(game.httpPorts.map(readiness))
        return answers.every(({ status }) => status === 503) && answers
      },
      { timeoutMs: STOPPED_MS, what: '503 from /readyz' },
    ),
  ])
  await until(stoppedAt + STOPPED_MS)
  await untilWho(ann, ['Ann', 'Bob'], 5_000)
  await game.kill('redis', 0, 'SIGCONT')
  const backAt = performance.now()
  await untilStored(game.redis, [ann, bob.player], 15_000)
  console.log(`  commands before: ${shown(before)}; with Redis stopped: ${shown(during)}`)
  console.log(`  login with Redis stopped: told after ${Math.round(bob.tookMs)} ms`)
  console.log(`  all stored ${Math.round(performance.now() - backAt)} ms after Redis went on`)

  expect(Math.max(...during)).toBeLessThan(WITHOUT_REDIS_MS)
  expect(bob.tookMs).toBeLessThan(2_000)
  for (const { body } of unready) expect(JSON.parse(body)).toMatchObject({ checks: { redis: { ok: false } } })
  expect([ann.isOpen, bob.player.isOpen]).toEqual([true, true])
  const since = heardSinceWelcome('during', bob.player)
  const [first = Number.NaN] = since
  expect(since, 'every word since the welcome').toEqual(Array.from(since, (_, at) => first + at))
  expect(since.at(-1)).toBe(STOPPED_MS / EVERY_MS)
  await game.ready()
  hangUpAll([ann, bob.player])
})

test.each<{ role: Role; names: [string, string] }>([
  { role: 'redis', names: ['Cyd', 'Dot'] },
  { role: 'postgres', names: ['Eve', 'Fay'] },
  { role: 'kafka', names: ['Gil', 'Hal'] },
])('loses, doubles and reorders no word when $role is killed and started again', async ({ role, names }) => {
  const players = await createPlayers(game, names)
  const { pid } = await game.process(role)
  const report = await talk({
    topic: role,
    players,
    everyMs: 100,
    forMs: 8_000,
    moments: momentsOf(chance, 1, 500, 3_000),
    fault: async () => void (await game.kill(role)),
  })
  expect(report).toMatchObject({ said: 160, heard: 320 })
  await game.ready()
  expect((await game.process(role)).pid).not.toBe(pid)
  await untilWho(players[0], names, SETTLED_MS)
  await untilStored(game.redis, players, SETTLED_MS)
  // The world can be changed again: Postgres is in use, and answers.
  await players[0].ask('@dig Cellar', 'Cellar created with room number', SETTLED_MS)
  hangUpAll(players)
})

test('loses, doubles and reorders no word of fifty in a room when Redis, Postgres and Kafka are killed in turn', async () => {
  const names = Array.from({ length: 50 }, (_, at) => `Fan${at}`)
  const players = await createPlayers(game, names)
  for (const role of ['redis', 'postgres', 'kafka'] as const) {
    const report = await talk({
      topic: `fifty${role}`,
      players,
      everyMs: 2_000,
      forMs: 12_000,
      moments: momentsOf(chance, 1, 500, 3_000),
      fault: async () => void (await game.kill(role)),
    })
    expect(report).toMatchObject({ said: 300, heard: 15_000 })
    await game.ready()
    await untilWho(players[0], names, SETTLED_MS)
    await untilStored(game.redis, players, SETTLED_MS)
  }
  expect(players.filter(({ isOpen }) => !isOpen)).toEqual([])
  hangUpAll(players)
})

test('writes everything again, and loses no word, when Redis loses all that it held', async () => {
  const players = await createPlayers(game, ['Ida', 'Jon'])
  const report = await talk({
    topic: 'wiped',
    players,
    everyMs: 100,
    forMs: 5_000,
    moments: momentsOf(chance, 2, 500, 4_000),
    fault: async () => void (await game.redis.flushall()),
  })
  expect(report).toMatchObject({ said: 100, heard: 200 })
  await untilStored(game.redis, players, SETTLED_MS)
  await untilWho(players[0], ['Ida', 'Jon'], SETTLED_MS)
  hangUpAll(players)
})
