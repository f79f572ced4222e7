import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { createPlayers, hangUpAll } from './harness/player.ts'
import { createChance, momentsOf } from './harness/seed.ts'
import { talk } from './harness/talk.ts'
import { openWizard, SECRET, type Wizard } from './harness/wizard.ts'

/** `HOLDFAST_SOAK_MS=600000 npm test -- e2e/soak` runs the long one. */
const SOAK_MS = Number(process.env.HOLDFAST_SOAK_MS ?? 60_000)
const PLAYERS = 20
/** Redis answers nobody for so long, again and again: longer than a flush may take, so that writes fail and are repeated. */
const SLOW_MS = 1_000
const SLOW_EVERY_MS = 7_000
const REBALANCE_EVERY_MS = 15_000
const SETTLED_MS = 20_000
const WRONG = ['drifted', 'missing', 'ghost']

const chance = createChance('moments of the soak')
let game: Game
let wizard: Wizard

beforeAll(async () => {
  game = await startGame({ servers: 2, env: { HOLDFAST_SECRET: SECRET } })
  wizard = await openWizard(game)
})
afterAll(async () => {
  await wizard?.close()
  await game?.stop()
})

test(
  'cries no wolf: with slow Redis and servers that come and go under load, no session is ever drifted or missing',
  async () => {
    const players = await createPlayers(
      game,
      Array.from({ length: PLAYERS }, (_, at) => `Fan${at}`),
    )
    const wrong = new Set<string>()
    let looks = 0
    const looking = setInterval(() => {
      looks++
      for (const { sid, state, drifted } of wizard.rows()) {
        if (WRONG.includes(state)) wrong.add(`${sid} ${state} ${drifted.join()}`)
      }
      for (const item of wizard.console.divergence().items) wrong.add(`${item.sid} ${item.state} ${item.cause}`)
    }, 250)
    const slow = momentsOf(chance, Math.floor(SOAK_MS / SLOW_EVERY_MS), 1_000, SOAK_MS - 3_000).map((at) => ({
      at,
      act: async () => void (await game.redis.client('PAUSE', SLOW_MS, 'ALL')),
    }))
    const rebalances = momentsOf(chance, Math.floor(SOAK_MS / REBALANCE_EVERY_MS), 1_000, SOAK_MS - 5_000).map(
      (at, number) => ({
        at,
        act: async () => void (await game.kill('server', number % 2, number % 3 === 2 ? 'SIGTERM' : 'SIGKILL')),
      }),
    )
    const faults = [...slow, ...rebalances].sort((a, b) => a.at - b.at)
    try {
      const report = await talk({
        topic: 'soak',
        players,
        everyMs: 1_000,
        forMs: SOAK_MS,
        moments: faults.map(({ at }) => at),
        fault: async (which) => faults[which]?.act(),
      })
      console.log(`  ${report.said} lines, ${faults.length} faults, ${looks} looks at ${PLAYERS} sessions`)
      await game.ready(SETTLED_MS)
      await wizard.allIn(['in-sync'], SETTLED_MS)
    } finally {
      clearInterval(looking)
    }
    expect(looks).toBeGreaterThan(SOAK_MS / 1_000)
    expect([...wrong]).toEqual([])
    await waitUntil(() => wizard.rows().length === PLAYERS, {
      timeoutMs: SETTLED_MS,
      what: 'every session, and no other',
    })
    hangUpAll(players)
  },
  SOAK_MS + 180_000,
)
