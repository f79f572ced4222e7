import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disagreements } from './harness/agreement.ts'
import { type Game, startGame } from './harness/game.ts'
import { until } from './harness/pace.ts'
import { createPlayers, hangUpAll } from './harness/player.ts'
import { talk } from './harness/talk.ts'
import { openWizard, SECRET, type Wizard } from './harness/wizard.ts'

/** What waits for a Redis that is away is seen, with its tries and errors, and nothing of it is lost. */

const AWAY_MS = 30_000
const SETTLED_MS = 15_000

let game: Game
let wizard: Wizard

beforeAll(async () => {
  game = await startGame({ env: { HOLDFAST_SECRET: SECRET } })
  wizard = await openWizard(game)
})
afterAll(async () => {
  await wizard?.close()
  await game?.stop()
})

test('shows what waits, why and until when while Redis is away for 30 s under load; then nothing waits and all copies agree', async () => {
  const players = await createPlayers(game, ['Ann', 'Bob', 'Cyd', 'Dot'])
  const sids = (await Promise.all(players.map(({ name }) => wizard.row(name)))).map(({ sid }) => sid)
  const seen = { pending: 0, retrying: 0, error: '', breaker: '', probes: 0, wrong: [] as string[] }
  const look = (): void => {
    const { processes, entries } = wizard.console.queues()
    const server = processes.find(({ id }) => id.startsWith('server'))
    if (server && server.breaker !== 'closed') {
      seen.breaker = server.breaker
      if (server.nextProbeAt !== null) seen.probes++
    }
    seen.pending = Math.max(seen.pending, entries.filter(({ kind }) => kind === 'pending').length)
    seen.retrying = Math.max(seen.retrying, entries.filter(({ kind }) => kind === 'retrying').length)
    seen.error ||= entries.find(({ error }) => error !== null)?.error ?? ''
    for (const { sid, state } of wizard.rows()) {
      if (state === 'drifted' || state === 'missing' || state === 'ghost') seen.wrong.push(`${sid} ${state}`)
    }
  }
  const looking = setInterval(look, 250)
  try {
    await talk({
      topic: 'away',
      players,
      everyMs: 250,
      forMs: AWAY_MS + 3_000,
      moments: [1_000],
      // Stopped, so that the supervisor does not start it again before the time is over; then killed.
      fault: async () => {
        const awayAt = performance.now()
        await game.kill('redis', 0, 'SIGSTOP')
        await until(awayAt + AWAY_MS)
        await game.kill('redis')
      },
    })
  } finally {
    clearInterval(looking)
  }
  console.log(
    `  at most ${seen.pending} pending, ${seen.retrying} retrying; breaker ${seen.breaker}; last error: ${seen.error}`,
  )
  expect(seen.wrong).toEqual([])
  expect(seen.pending + seen.retrying).toBeGreaterThanOrEqual(players.length)
  expect(seen.retrying).toBeGreaterThan(0)
  expect(seen.error).not.toBe('')
  expect(['open', 'half-open']).toContain(seen.breaker)
  expect(seen.probes).toBeGreaterThan(0)

  await game.ready()
  await waitUntil(
    () => {
      const { entries, processes } = wizard.console.queues()
      return entries.length === 0 && processes.every(({ pending, retrying, dead }) => pending + retrying + dead === 0)
    },
    { timeoutMs: SETTLED_MS, what: 'empty queues' },
  )
  await wizard.allIn(['in-sync'], SETTLED_MS)
  await waitUntil(() => disagreements(wizard, sids).length === 0, { timeoutMs: SETTLED_MS, what: 'agreement' }).catch(
    () => expect(disagreements(wizard, sids)).toEqual([]),
  )
  hangUpAll(players)
})
