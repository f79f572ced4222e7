import { waitUntil } from '@holdfast/runtime/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { type ConsolePage, openConsolePage } from './harness/console-page.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { alterGatewayMemory, alterServerMemory, DEBUGGABLE } from './harness/memory.ts'
import { createPlayer, createPlayers, hangUpAll } from './harness/player.ts'
import { sessionOf, sidOf } from './harness/sessions.ts'

/** What a wizard does with the console, in Chromium and by keyboard alone, over a running game. */

const DRIFTED_MS = 15_000
const HEARD_MS = 10_000

let game: Game
let chromium: Browser
let wizard: ConsolePage

const soon = <T>(look: () => T) => expect.poll(look, { timeout: HEARD_MS })

beforeAll(async () => {
  ;[game, chromium] = await Promise.all([startGame({ console: true, env: DEBUGGABLE }), openChromium()])
  wizard = await openConsolePage(chromium, game)
  await wizard.signIn()
})
afterAll(async () => {
  await chromium?.close()
  await game?.stop()
})

test('goes to each page, finds commands and the list of keys, and leaves focus where it was', async () => {
  const { page, press } = wizard
  for (const [key, title] of Object.entries({
    s: 'Sessions',
    d: 'Divergence',
    q: 'Queues',
    e: 'Events',
    h: 'Health',
    a: 'Audit',
    o: 'Overview',
  })) {
    await wizard.goTo(key, title)
    await soon(wizard.focused).toBe(`h1 ${title}`)
  }
  await press('Control+k')
  await page.getByRole('combobox', { name: 'Search or run a command' }).waitFor()
  await wizard.type('open set')
  await press('Enter')
  await page.waitForURL(/\/settings$/)
  await soon(wizard.focused).toBe('h1 Settings')
  await press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await wizard.focused()).toBe('h1 Settings')
})

test('finds sessions by words, says which word means nothing, and opens one', async () => {
  const { page, press } = wizard
  const players = await createPlayers(game, ['Tamsin', 'Tamlin', 'Osric'])
  await wizard.goTo('s', 'Sessions')
  // With a rest in the middle of a word, as people type.
  await press('/')
  await wizard.type('player:ta')
  await soon(() => new URL(page.url()).searchParams.get('filter')).toBe('player:ta')
  await wizard.type('m type:telnet ')
  await press('Escape', 'Escape')
  await soon(async () => (await wizard.rows()).length).toBe(2)
  await soon(() => new URL(page.url()).searchParams.get('filter')).toBe('player:tam type:telnet')

  await press('/')
  await wizard.type('gatway:x ')
  await page.getByText('No key gatway. Did you mean gateway?').first().waitFor()
  await press('Backspace')
  await soon(() => page.getByRole('combobox', { name: 'Filter sessions' }).inputValue()).toBe('gatway:x')
  await press('Control+a', 'Backspace', 'Escape', 'Escape')
  await soon(() => new URL(page.url()).searchParams.get('filter')).toBe('player:tam type:telnet')
  await soon(async () => (await wizard.rows()).length).toBe(2)

  await press('j', 'x', 'j', 'x')
  await page.getByText('2 selected').waitFor()
  await press('Escape')
  await page.getByText('2 selected').waitFor({ state: 'detached' })
  await press('Space')
  await page.getByRole('complementary').waitFor()
  await press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
  await soon(() => page.url()).not.toContain('peek=')
  await press('Enter')
  await page.locator('table.diff').waitFor()
  await soon(wizard.focused).toMatch(/^h1 Tam/)
  await page.goBack()
  await soon(async () => (await wizard.rows()).length).toBe(2)
  hangUpAll(players)
})

test('opens a row although the address of the list is written after the press, and goes back to what was shown', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Juniper')
  await wizard.goTo('s', 'Sessions')
  await wizard.filter('player:juniper ')
  await page.locator('.sessions-table[aria-rowcount="2"]').waitFor()
  await press('j')
  await page.locator('.sessions-table tr[data-cursor]').waitFor()
  // The session's page comes no sooner than the list's address, as over a slow line; both keys are pressed before either.
  const pages = /\/sessions\/[^?]+\?.*_rsc=/
  await page.route(pages, async (route) => {
    await page.waitForURL(/peek=/, { waitUntil: 'commit' })
    await route.continue()
  })
  await page.evaluate(() => {
    for (const key of [' ', 'Enter']) document.dispatchEvent(new KeyboardEvent('keydown', { key }))
  })
  await page.waitForURL(/\/sessions\/./)
  await page.locator('table.diff').waitFor()
  await page.unroute(pages)
  await page.goBack()
  await page.getByRole('complementary', { name: 'Juniper' }).waitFor()
  expect(new URL(page.url()).searchParams.get('filter')).toBe('player:juniper')
  await press('Escape')
  player.hangUp()
})

test('shows what a hand has changed in Redis in Redis’s column alone, with both values, and puts it right', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Ursula')
  await wizard.openSession('player:ursula state:in-sync ')
  const { key, fields } = await sessionOf(game.redis, 'Ursula')
  const editedAt = performance.now()
  // One of each owner's: the server's and the gateway's.
  const hand = { room: '#99', host: 'elsewhere.example' }
  await game.redis.hset(key, hand)
  await page.getByText('Drifted in 2 fields').waitFor({ timeout: DRIFTED_MS })
  console.log(`  on the page ${Math.round(performance.now() - editedAt)} ms after the edit`)
  expect(await wizard.cell('room', 'redis').textContent()).toContain(hand.room)
  expect(await wizard.cell('room', 'server').textContent()).toContain(fields.room)
  expect(await wizard.cell('host', 'redis').textContent()).toContain(hand.host)
  expect(await wizard.cell('host', 'gateway', 'server').textContent()).toContain(fields.host)
  expect([await wizard.oddCopies('room'), await wizard.oddCopies('host')]).toEqual([['Redis'], ['Redis']])

  await wizard.goTo('d', 'Divergence')
  const line = page.getByRole('row', { name: 'Ursula' })
  await line.waitFor({ timeout: DRIFTED_MS - (performance.now() - editedAt) })
  expect(await line.textContent()).toMatch(/Drifted\s*content\s*Redis\s*(room, host|host, room)/)
  await wizard.tabTo(line.getByRole('link', { name: 'Reconcile' }))
  await press('Enter')
  const sheet = page.getByRole('complementary', { name: 'Reconcile Ursula' })
  await wizard.tabTo(sheet.getByLabel('Reason, for the audit'))
  await wizard.type('a hand slipped')
  await press('Control+Enter')
  await sheet.getByText('2 fields written, verified').waitFor()
  expect(await game.redis.hmget(key, 'room', 'host')).toEqual([fields.room, fields.host])
  await wizard.toast('Reconciled Ursula: 2 fields written, verified.')
  // The field still has focus: Escape closes from there too.
  await press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await soon(async () => [...(await wizard.oddCopies('room')), ...(await wizard.oddCopies('host'))]).toEqual([])
  player.hangUp()
})

test.each([
  // Its owner is the gateway, and the server keeps what it was told.
  { name: 'Isolde', copy: 'server', field: 'host', value: 'elsewhere.example', alter: alterServerMemory },
  // Its owner is the server, and the gateway keeps what it was told.
  { name: 'Tristan', copy: 'gateway', field: 'player', value: '#99', alter: alterGatewayMemory },
] as const)(
  'shows what has changed in the memory of the $copy and nowhere else in that column alone, and puts it right',
  async ({ name, copy, field, value, alter }) => {
    const { page, press } = wizard
    const player = await createPlayer(game, name)
    await wizard.openSession(`player:${name.toLowerCase()} state:in-sync `)
    const stored = await sessionOf(game.redis, name)
    await alter(game, sidOf(stored), field, value)
    await press('r')
    await page.getByText('Drifted in 1 field').waitFor({ timeout: DRIFTED_MS })
    expect(await wizard.oddCopies(field)).toEqual([copy])
    expect(await wizard.cell(field, copy).textContent()).toContain(value)
    const others = page.locator(`[id="field-${field}"] td.cell:not([data-label="${copy}"])`)
    for (const text of await others.allTextContents()) expect(text).toContain(stored.fields[field])
    expect((await sessionOf(game.redis, name)).fields[field]).toBe(stored.fields[field])

    await press('Shift+R')
    const sheet = page.getByRole('complementary', { name: `Reconcile ${name}` })
    await wizard.tabTo(sheet.getByLabel('Reason, for the audit'))
    await wizard.type('a stray word')
    await press('Control+Enter')
    await sheet.getByText('1 field written, verified').waitFor()
    await press('Escape')
    await page.locator('.page-head').getByText('In sync').waitFor({ timeout: DRIFTED_MS })
    expect(await wizard.oddCopies(field)).toEqual([])
    player.hangUp()
  },
)

test('tells a wizard who would reconcile what has changed meanwhile, keeps the form, and does it when asked again', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Sabine')
  await wizard.openSession('player:sabine state:in-sync ')
  const { key, fields } = await sessionOf(game.redis, 'Sabine')
  await game.redis.hset(key, 'room', '#99')
  await page.getByText('Drifted in 1 field').waitFor({ timeout: DRIFTED_MS })
  await press('p')
  await page.locator('.pill', { hasText: 'Paused' }).waitFor()
  await player.ask('@pref colour=blue', /colour/i, HEARD_MS)
  await waitUntil(async () => (await game.redis.hget(key, 'meta:colour')) === 'blue', {
    timeoutMs: HEARD_MS,
    what: 'the write',
  })

  await press('Shift+R')
  const sheet = page.getByRole('complementary', { name: 'Reconcile Sabine' })
  const reason = sheet.getByLabel('Reason, for the audit')
  await wizard.tabTo(reason)
  await wizard.type('a hand slipped')
  await press('Control+Enter')
  await sheet
    .getByRole('alert')
    .filter({ hasText: /changed since you looked: version \S+ is \S+ now\. Nothing was written/ })
    .waitFor()
  expect(await game.redis.hget(key, 'room')).toBe('#99')
  expect(await reason.inputValue()).toBe('a hand slipped')
  await press('Escape', 'p')
  await page.locator('.pill', { hasText: 'Live' }).waitFor()
  await press('Shift+R')
  await wizard.tabTo(reason)
  await wizard.type('a hand slipped')
  await waitUntil(
    async () => {
      await press('Control+Enter')
      return sheet.getByText('1 field written, verified').isVisible()
    },
    { timeoutMs: HEARD_MS, everyMs: 1_000, what: 'a reconcile of what is shown' },
  )
  expect(await game.redis.hget(key, 'room')).toBe(fields.room)
  await press('Escape')
  player.hangUp()
})

test('boots a player: the intent at once, the effect when it has happened, and the audit has who, whom and why', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Rafe')
  await wizard.openSession('player:rafe ')
  const sid = page.url().split('/').at(-1) ?? ''
  await press('b')
  const form = page.getByRole('dialog', { name: 'Boot Rafe' })
  await form.waitFor()
  await wizard.type('asked for')
  await wizard.tabTo(form.getByLabel('Text to the player, if any'))
  await wizard.type('The harbour closes.')
  await press('Shift+Tab')
  await game.kill('gateway', 0, 'SIGSTOP')
  await press('Enter')
  await form.waitFor({ state: 'detached' })
  const head = page.locator('.page-head')
  await head.getByText('Booting').waitFor()
  expect(await wizard.focused()).toMatch(/^h1 Rafe/)
  expect(player.isOpen).toBe(true)
  await game.kill('gateway', 0, 'SIGCONT')
  await player.waitFor('The harbour closes.', HEARD_MS)
  await player.closed
  await head.getByText(/^left .* disconnected by a wizard/).waitFor()
  await wizard.toast('Booted Rafe: verified.')

  await wizard.goTo('a', 'Audit')
  const line = page.getByRole('row', { name: sid })
  await line.waitFor()
  expect(await line.textContent()).toMatch(
    new RegExp(`${WIZARD.name} \\(#1\\)\\s*Disconnect\\s*Rafe \\d+ ${sid}\\s*asked for\\s*verified`),
  )
})

test('has a message read by the player of a session, and calls one who left meanwhile already gone, not an error', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Lorna')
  await wizard.openSession('player:lorna ')
  await press('m')
  const message = page.getByRole('dialog', { name: 'Message Lorna' })
  await message.waitFor()
  await wizard.type('a word')
  await wizard.tabTo(message.getByLabel('Message'))
  await wizard.type('Mind the tide.')
  await press('Control+Enter')
  await message.waitFor({ state: 'detached' })
  await player.waitFor('Mind the tide.', HEARD_MS)
  await wizard.toast('Messaged Lorna.')

  // What is on its way to the page is held, so that it stays as it was when the wizard looked.
  await press('p')
  await page.locator('.pill', { hasText: 'Paused' }).waitFor()
  player.send('QUIT')
  await player.closed
  await press('b')
  const boot = page.getByRole('dialog', { name: 'Boot Lorna' })
  await boot.waitFor()
  await wizard.type('asked for')
  await press('Enter')
  await wizard.toast('Lorna: already gone.')
  expect(await page.locator('.toast[data-look="bad"]').count()).toBe(0)
  await press('p')
  await page
    .locator('.page-head')
    .getByText(/^left /)
    .waitFor()
})

test('says in the list that a session is being booted, and takes it away only when it is gone', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Corrin')
  await wizard.goTo('s', 'Sessions')
  await wizard.filter('player:corrin ')
  await page.locator('.sessions-table[aria-rowcount="2"]').waitFor()
  await press('j', 'x', 'b')
  const form = page.getByRole('dialog', { name: 'Boot Corrin' })
  await form.waitFor()
  await wizard.type('asked for')
  await game.kill('gateway', 0, 'SIGSTOP')
  await press('Enter')
  const row = page.locator('.sessions-table tbody tr[id]')
  await row.getByText('Booting…').waitFor()
  expect([player.isOpen, await row.count()]).toEqual([true, 1])
  await game.kill('gateway', 0, 'SIGCONT')
  await player.closed
  await row.getByText('Booting…').waitFor({ state: 'detached' })
  await wizard.toast('Booted Corrin: verified.')
  await press('Escape')
})

test('acts on exactly the sessions that were stated, and on nobody who came after', async () => {
  const { page, press } = wizard
  const stated = await createPlayers(game, ['Moth', 'Mothwing', 'Mothlight'])
  const other = await createPlayer(game, 'Osprey')
  await wizard.goTo('s', 'Sessions')
  await wizard.filter('name:moth ')
  await soon(async () => (await wizard.rows()).length).toBe(3)
  await press('j', 'x')
  await wizard.tabTo(page.getByRole('button', { name: 'Select all 3 matching' }))
  await press('Enter')
  await page.getByText(/All 3 matching name:moth as of/).waitFor()

  await press('m')
  const message = page.getByRole('dialog', { name: 'Message 3 sessions' })
  await message.getByText('All 3 matching name:moth as of').waitFor()
  const late = await createPlayer(game, 'Mothlate')
  await wizard.type('tide')
  await wizard.tabTo(message.getByLabel('Message'))
  await wizard.type('The tide turns.')
  await press('Control+Enter')
  await message.getByText('3 done').waitFor()
  for (const player of stated) await player.waitFor('The tide turns.', HEARD_MS)
  await press('Escape')

  await press('b')
  const boot = page.getByRole('dialog', { name: /^Boot \d sessions/ })
  await boot.getByText(/All 4 matching name:moth -flag:wizard -player:#1 as of/).waitFor()
  const later = await createPlayer(game, 'Mothlater')
  await wizard.type('the lamp is out')
  await wizard.tabTo(boot.getByLabel('Type 4 to confirm'))
  await wizard.type('4')
  await press('Enter')
  await boot.getByText('4 done').waitFor()
  for (const player of [...stated, late]) await player.closed
  expect([later.isOpen, other.isOpen]).toEqual([true, true])
  for (const player of [late, later, other]) {
    expect(player.lines.filter(({ text }) => text.includes('The tide turns.'))).toEqual([])
  }
  await press('Escape')
  await wizard.goTo('a', 'Audit')
  await page.getByRole('row', { name: '4 sessions matching name:moth -flag:wizard -player:#1' }).waitFor()
  hangUpAll([later, other])
})

test('shows what players and their clients write as text, whatever it is', async () => {
  const { page, press } = wizard
  const player = await createPlayer(game, 'Hester')
  await player.ask('@doing <img src=x onerror=injected=1>', /Doing set/, HEARD_MS)
  await wizard.openSession('player:hester ')
  const { key } = await sessionOf(game.redis, 'Hester')
  await game.redis.hset(key, 'host', '<script>injected=1</script>\u001b[31m\u0007\u202efdp')
  await press('d')
  const host = wizard.cell('host', 'redis')
  await host.waitFor({ timeout: DRIFTED_MS })
  expect(await host.textContent()).toContain('<script>injected=1</script>\u241b[31m\u2407\u27e8U+202E\u27e9fdp')
  await wizard.tabTo(page.getByRole('button', { name: 'Raw', exact: true }))
  await press('Enter')
  await page.locator('pre', { hasText: '<img src=x onerror=injected=1>' }).waitFor()
  expect(await page.evaluate(() => Reflect.get(window, 'injected'))).toBeUndefined()
  expect(await page.locator('main img, main script').count()).toBe(0)
  player.hangUp()
})
