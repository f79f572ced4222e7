import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { type ConsolePage, openConsolePage } from './harness/console-page.ts'
import { type Game, startGame } from './harness/game.ts'
import { createPlayer, type Player } from './harness/player.ts'

/** What a page of the console says while something is away, and that it heals by itself: it is never loaded anew in here. */

const SEEN_MS = 20_000
const HEALED_MS = 40_000
/** Longer than a difference may last before it counts as drift. */
const IN_FLIGHT_MS = 7_000

let game: Game
let chromium: Browser
let wizard: ConsolePage
let player: Player

beforeAll(async () => {
  ;[game, chromium] = await Promise.all([startGame({ console: true }), openChromium()])
  wizard = await openConsolePage(chromium, game)
  await wizard.signIn()
  await wizard.page.evaluate(() => Reflect.set(window, 'sameLoad', true))
  player = await createPlayer(game, 'Wren')
})
afterAll(async () => {
  await chromium?.close()
  await game?.stop()
})

const isSameLoad = (): Promise<unknown> => wizard.page.evaluate(() => Reflect.get(window, 'sameLoad'))
const banner = (text: string | RegExp) => wizard.page.locator('.banner', { hasText: text })

/** Everything is well again, and the page knows it. */
async function untilHealed(): Promise<void> {
  const { page } = wizard
  await game.ready(HEALED_MS)
  await page.locator('.banner').waitFor({ state: 'detached', timeout: HEALED_MS })
  await page.locator('.pill', { hasText: /^Live/ }).waitFor({ timeout: HEALED_MS })
  expect(await isSameLoad()).toBe(true)
}

test('shows a write on its way as that, beside the value that waits, and never as drifted', async () => {
  const { page } = wizard
  await wizard.openSession('player:wren state:in-sync ')
  await game.redis.client('PAUSE', IN_FLIGHT_MS, 'WRITE')
  const pausedAt = performance.now()
  await player.ask('@pref colour=teal', /colour/i, SEEN_MS)
  const field = page.locator('[id="field-meta:colour"]')
  await field.getByText('Settling').waitFor({ timeout: SEEN_MS })
  await field.getByText(/write pending/).waitFor()
  const seen = new Set<string>()
  while (performance.now() - pausedAt < IN_FLIGHT_MS) seen.add((await field.locator('.diff-state').textContent()) ?? '')
  expect([...seen].filter((state) => state !== 'Settling' && state !== 'In sync')).toEqual([])
  await field.getByText('In sync').waitFor({ timeout: SEEN_MS })
})

test('turns the column of a server that is stopped unknown while Redis’s stays live, and back', async () => {
  const { page } = wizard
  await game.kill('server', 0, 'SIGSTOP')
  await wizard.cell('room', 'server').and(page.locator('[data-look="unknown"]')).waitFor({ timeout: SEEN_MS })
  expect(await wizard.cell('room', 'redis').getAttribute('data-look')).toBe('plain')
  const redisAge = page.locator('.diff thead th', { hasText: 'Redis' }).locator('.age')
  expect(await redisAge.getAttribute('data-age')).not.toBe('dead')
  await banner('has been silent').waitFor()
  await game.kill('server', 0, 'SIGCONT')
  await page.locator('.page-head').getByText('In sync').waitFor({ timeout: HEALED_MS })
  await untilHealed()
})

test('keeps sessions listed while Redis is away, and Queues shows what waits, why, and the breaker', async () => {
  const { page, press } = wizard
  await wizard.goTo('q', 'Queues')
  await game.kill('redis', 0, 'SIGSTOP')
  player.send('@pref colour=grey')
  await banner('Redis unreachable').waitFor({ timeout: SEEN_MS })
  await page.locator('.breaker[data-breaker="open"]').first().waitFor({ timeout: SEEN_MS })
  const entries = page.getByRole('region', { name: 'Entries' })
  await entries.locator('td[title*="meta:colour"]').waitFor({ timeout: SEEN_MS })
  expect(await entries.locator('tr[data-group] .mono').first().textContent()).not.toBe('no error told')
  await wizard.tabTo(page.getByRole('button', { name: 'Probe now' }))
  await press('Enter')
  await wizard.toast(/Retr(y|ied) \d waiting write/)
  await wizard.goTo('s', 'Sessions')
  await page.getByRole('row', { name: 'Wren' }).waitFor()
  await press('j', 'x', 'Shift+R')
  await page.getByRole('button', { name: 'Reconcile' }).and(page.locator('[aria-disabled]')).waitFor()
  await game.kill('redis')
  await untilHealed()
  await page.getByRole('row', { name: /In sync.*Wren/ }).waitFor({ timeout: HEALED_MS })
  await wizard.goTo('q', 'Queues')
  await page.getByText('No write waits for its first try.').waitFor({ timeout: HEALED_MS })
})

test('asks by itself while the stream is broken, says so, and streams again', async () => {
  const { page } = wizard
  await wizard.goTo('s', 'Sessions')
  await page.route('**/api/live', (route) => route.abort())
  await game.kill('web')
  await page.locator('.pill', { hasText: 'Polling every 5 s' }).waitFor({ timeout: SEEN_MS })
  await game.ready(HEALED_MS)
  const other = await createPlayer(game, 'Finch')
  await page.getByRole('row', { name: 'Finch' }).waitFor({ timeout: SEEN_MS })
  // The frame too: what the stream told last is older than this console.
  await page.locator('.top .sources', { hasText: 'Servers 1/1' }).waitFor({ timeout: SEEN_MS })
  // While it still fails: once it may stream again it does so by itself, and the button goes.
  await wizard.tabTo(page.getByRole('button', { name: 'now', exact: true }))
  await page.unroute('**/api/live')
  await wizard.press('Enter')
  await untilHealed()
  other.hangUp()
})

test('shows Redis alone while Kafka is away, refuses what it could not write down, and goes on by itself', async () => {
  const { page } = wizard
  await wizard.openSession('player:wren state:in-sync ')
  await game.kill('kafka', 0, 'SIGSTOP')
  await banner('showing Redis').waitFor({ timeout: SEEN_MS })
  await wizard.cell('room', 'server').and(page.locator('[data-look="unknown"]')).waitFor({ timeout: SEEN_MS })
  expect(await wizard.cell('room', 'redis').getAttribute('data-look')).toBe('plain')
  const boot = page.getByRole('button', { name: 'Boot' })
  expect(await boot.getAttribute('title')).toBe('Kafka does not answer: without the audit nothing is done.')
  await wizard.press('b')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await game.kill('kafka')
  await untilHealed()
  await page.locator('.page-head').getByText('In sync').waitFor({ timeout: HEALED_MS })
})
