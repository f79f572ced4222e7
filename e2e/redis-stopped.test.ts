import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { pace, percentile, until } from './harness/pace.ts'
import { connectVisitor, createPlayer, type Player, passwordOf } from './harness/player.ts'
import { readiness } from './harness/readiness.ts'
import { untilStored, whoNames } from './harness/sessions.ts'

const STOPPED_MS = 10_000
const EVERY_MS = 100
/** Whatever waits for Redis waits 800 ms, the time-out of its commands. */
const WITHOUT_REDIS_MS = 600

let game: Game
let ann: Player

beforeAll(async () => {
  game = await startGame()
  ann = await createPlayer(game, 'Ann')
})
afterAll(() => game?.stop())

const answerTimes = (count: number, topic: string): Promise<number[]> =>
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

test('answers as before, and tells a login how it stands, while Redis is stopped; stores all afterwards', async () => {
  const before = await answerTimes(50, 'before')
  const stoppedAt = performance.now()
  await game.kill('redis', 0, 'SIGSTOP')
  const [during, bob, unready] = await Promise.all([
    answerTimes(STOPPED_MS / EVERY_MS, 'during'),
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
  expect(await whoNames(ann, 5_000)).toEqual(['Ann', 'Bob'])
  await game.kill('redis', 0, 'SIGCONT')
  const backAt = performance.now()
  await untilStored(game.redis, [ann, bob.player], 15_000)
  console.log(`  commands before: ${shown(before)}; with Redis stopped: ${shown(during)}`)
  console.log(`  login with Redis stopped: told after ${Math.round(bob.tookMs)} ms`)
  console.log(`  all stored ${Math.round(performance.now() - backAt)} ms after Redis went on`)

  expect(Math.max(...during)).toBeLessThan(WITHOUT_REDIS_MS)
  expect(bob.tookMs).toBeLessThan(2_000)
  for (const { body } of unready) expect(body).toMatch(/redis/i)
  expect([ann.isOpen, bob.player.isOpen]).toEqual([true, true])
  await game.ready()
})
