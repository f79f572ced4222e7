import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { createPlayers, type Player } from './harness/player.ts'
import { createChance, momentsOf } from './harness/seed.ts'
import { untilStored, untilWho } from './harness/sessions.ts'
import { talk } from './harness/talk.ts'

const SETTLED_MS = 15_000

const chance = createChance('moments of the kills')
let game: Game

// A game for each test: how often its server was killed is read from what its start has said.
beforeEach(async () => {
  game = await startGame()
})
afterEach(() => game?.stop())

/** Nobody was dropped or doubled, and everybody is who they were. */
async function expectAllInPlace(players: readonly Player[]): Promise<void> {
  const names = players.map(({ name }) => name).sort()
  for (const player of players.slice(0, 2)) await untilWho(player, names, SETTLED_MS)
  await untilStored(game.redis, players, SETTLED_MS)
  expect(players.filter(({ isOpen }) => !isOpen)).toEqual([])
  await game.ready()
}

const timesEnded = (): number => game.output().match(/server 0 ended \(SIGKILL\)/g)?.length ?? 0

test('loses, doubles and reorders no word of two players when the server is killed five times in 30 s', async () => {
  const players = await createPlayers(game, ['Ann', 'Bob'])
  const moments = momentsOf(chance, 5, 1_000, 28_000)
  console.log(`  kills at ${moments.join(', ')} ms`)
  const report = await talk({
    topic: 'two',
    players,
    everyMs: 100,
    forMs: 30_000,
    moments,
    fault: async () => void (await game.kill('server')),
  })
  expect(report).toMatchObject({ said: 600, heard: 1_200 })
  expect(timesEnded()).toBe(5)
  await expectAllInPlace(players)
})

test('loses, doubles and reorders no word of fifty in a room when the server is killed five times', async () => {
  const names = Array.from({ length: 50 }, (_, at) => `Fan${at}`)
  const players = await createPlayers(game, names)
  const moments = momentsOf(chance, 5, 1_000, 26_000)
  console.log(`  kills at ${moments.join(', ')} ms`)
  const report = await talk({
    topic: 'fifty',
    players,
    everyMs: 2_000,
    forMs: 28_000,
    moments,
    fault: async () => void (await game.kill('server')),
  })
  expect(report).toMatchObject({ said: 700, heard: 35_000 })
  await expectAllInPlace(players)
})
