import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareGame, startBareGame } from './harness/bare-game.ts'
import { until } from './harness/pace.ts'
import { createPlayers, hangUpAll, loginPlayer, type Player } from './harness/player.ts'
import { untilStored, untilWho } from './harness/sessions.ts'
import { talk } from './harness/talk.ts'

const SETTLED_MS = 15_000
const NOTICE = 'The game is catching its breath.'

let game: BareGame

beforeAll(async () => {
  game = await startBareGame()
})
afterAll(() => game?.stop())

async function expectAllInPlace(players: readonly [Player, ...Player[]]): Promise<void> {
  const names = players.map(({ name }) => name).sort()
  await untilWho(players[0], names, SETTLED_MS)
  await untilStored(game.redis, players, SETTLED_MS)
  expect(players.every(({ isOpen }) => isOpen)).toBe(true)
}

const noticesOf = ({ lines }: Player): number => lines.filter(({ text }) => text.includes(NOTICE)).length

test.each([
  { how: 'cut', names: ['Ann', 'Bob'], forMs: 12_000, cutMs: 10_000, act: () => game.gatewayKafka.cut() },
  { how: 'held', names: ['Cyd', 'Dot'], forMs: 7_000, cutMs: 5_000, act: () => game.gatewayKafka.hold() },
])(
  "loses, doubles and reorders no word when the gateway's way to Kafka is $how",
  async ({ how, names, forMs, cutMs, act }) => {
    const players = await createPlayers(game, names)
    const report = await talk({
      topic: how,
      players,
      everyMs: 100,
      forMs,
      moments: [1_000],
      fault: async () => {
        const cutAt = performance.now()
        await act()
        await until(cutAt + cutMs)
        await game.gatewayKafka.restore()
      },
    })
    expect(report.heard).toBe((2 * 2 * forMs) / 100)
    for (const player of players) expect(noticesOf(player), `${player.name} was told`).toBeGreaterThan(0)
    await expectAllInPlace(players)
    hangUpAll(players)
  },
)

test("loses, doubles and reorders no word of fifty in a room when the gateway's way to Kafka is cut", async () => {
  const names = Array.from({ length: 50 }, (_, at) => `Fan${at}`)
  const players = await createPlayers(game, names)
  const report = await talk({
    topic: 'fifty',
    players,
    everyMs: 2_000,
    forMs: 14_000,
    moments: [1_000],
    fault: async () => {
      const cutAt = performance.now()
      await game.gatewayKafka.cut()
      await until(cutAt + 10_000)
      await game.gatewayKafka.restore()
    },
  })
  expect(report).toMatchObject({ said: 350, heard: 17_500 })
  await expectAllInPlace(players)
  hangUpAll(players)
})

test("keeps everybody, and loses no word, when the gateway's way to Redis is cut longer than its lease", async () => {
  const players = await createPlayers(game, ['Eve', 'Fay'])
  const late: Player[] = []
  const report = await talk({
    topic: 'without',
    players,
    everyMs: 200,
    forMs: 10_000,
    moments: [500],
    fault: async () => {
      const cutAt = performance.now()
      await game.gatewayRedis.cut()
      // Who comes now is seated without Redis; the owner makes the record.
      late.push((await createPlayers(game, ['Gil']))[0])
      await until(cutAt + 8_000)
      await game.gatewayRedis.restore()
    },
  })
  expect(report).toMatchObject({ said: 100, heard: 200 })
  await expectAllInPlace([players[0], ...players.slice(1), ...late])
  hangUpAll([...players, ...late])
})

test('keeps no session of players whose clients went while the gateway was cut from Kafka', async () => {
  const players = await createPlayers(game, ['Hal', 'Ida'])
  await game.gatewayKafka.cut()
  players[1]?.hangUp()
  await waitUntil(() => players[1]?.isOpen === false, { what: 'the close' })
  await game.gatewayKafka.restore()
  await players[0].waitFor('Ida has disconnected.', SETTLED_MS)
  await expectAllInPlace([players[0]])
  const again = await loginPlayer(game, 'Ida')
  await expectAllInPlace([players[0], again])
  hangUpAll([players[0], again])
})
