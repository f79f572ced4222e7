import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disagreements } from './harness/agreement.ts'
import { type Game, startGame } from './harness/game.ts'
import { type OwnRedis, startOwnRedis } from './harness/own-redis.ts'
import { until } from './harness/pace.ts'
import { connectVisitor, createPlayers, hangUpAll, type Player } from './harness/player.ts'
import { untilStored, untilWho } from './harness/sessions.ts'
import { talk } from './harness/talk.ts'
import { openWizard, SECRET, type Wizard } from './harness/wizard.ts'

/** Redis loses what it held, all of it or the last seconds, under load: it is whole again in 5 s, and nothing is lost. */

const WHOLE_MS = 5_000
/** With all servers killed at the same time: their restart and the replay come on top. */
const WITH_SERVERS_MS = 15_000
const SETTLED_MS = 15_000

let redis: OwnRedis
let game: Game
let wizard: Wizard
const given = new Set<number>()

beforeAll(async () => {
  redis = await startOwnRedis()
  game = await startGame({ redisUrl: redis.url, env: { HOLDFAST_SECRET: SECRET } })
  wizard = await openWizard(game)
})
afterAll(async () => {
  await wizard?.close()
  await game?.stop()
  await redis?.stop()
})

/** The handles of those who come now lie above every handle that was ever given. */
async function expectNewHandles(): Promise<void> {
  const visitors = await Promise.all([connectVisitor(game), connectVisitor(game), connectVisitor(game)])
  const fresh = await waitUntil(
    () => {
      const found = wizard
        .rows()
        .filter(({ loginState, status }) => loginState === 'connected' && status === 'connected')
      return found.length >= visitors.length && found.map(({ handle }) => handle)
    },
    { timeoutMs: SETTLED_MS, what: 'the visitors in the list' },
  )
  const known = wizard.rows().map(({ handle }) => handle)
  expect(new Set(known).size).toBe(known.length)
  expect(Math.min(...fresh)).toBeGreaterThan(0)
  for (const handle of fresh) expect(given.has(handle), `handle ${handle} was given before`).toBe(false)
  for (const handle of known) given.add(handle)
  hangUpAll(visitors)
}

const losses = [
  { what: 'wiped', lose: () => game.redis.flushall().then(() => undefined) },
  { what: 'rolled back', lose: () => redis.rollBack() },
  { what: 'replaced', lose: () => redis.replace() },
]

test.each([
  ...losses.map((loss) => ({ ...loss, withServers: '', kill: false, wholeMs: WHOLE_MS })),
  ...losses.map((loss) => ({
    ...loss,
    withServers: ', with all servers killed',
    kill: true,
    wholeMs: WITH_SERVERS_MS,
  })),
])('is whole again after Redis was $what under load$withServers', async ({ what, lose, kill, wholeMs }) => {
  const topic = `${what.replace(' ', '')}${kill ? 'dead' : ''}`
  const names = [1, 2, 3, 4].map((number) => `${topic}${number}`)
  const players: [Player, ...Player[]] = await createPlayers(game, names)
  const sids = (await Promise.all(names.map((name) => wizard.row(name)))).map(({ sid }) => sid)
  for (const { handle } of wizard.rows()) given.add(handle)
  await wizard.allIn(['in-sync'], SETTLED_MS)
  redis.snapshot()
  let lostAt = 0
  const report = await talk({
    topic,
    players,
    everyMs: 250,
    forMs: 8_000,
    moments: [3_000],
    fault: async () => {
      if (kill) await game.kill('server')
      await lose()
      lostAt = performance.now()
    },
  })
  expect(report).toMatchObject({ said: 128, heard: 512 })
  await until(lostAt + wholeMs)
  await untilStored(game.redis, players, 1_000)
  await wizard.allIn(['in-sync'], SETTLED_MS)
  await waitUntil(() => disagreements(wizard, sids).length === 0, { timeoutMs: SETTLED_MS, what: 'agreement' }).catch(
    () => expect(disagreements(wizard, sids)).toEqual([]),
  )
  await untilWho(players[0], names, SETTLED_MS)
  await expectNewHandles()
  hangUpAll(players)
  await waitUntil(() => wizard.rows().every(({ status }) => status === 'closed'), {
    timeoutMs: SETTLED_MS,
    what: 'an empty game',
  })
})
