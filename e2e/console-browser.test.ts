import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { openConsolePage } from './harness/console-page.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { troublesOf } from './harness/page-checks.ts'
import { BANNER, createPlayer, passwordOf, WELCOME } from './harness/player.ts'

/** What holds only in a real browser: the policy of each page, signing in without a script, and whom a form is for. */

const SEEN_MS = 15_000

let game: Game
let chromium: Browser
let origin: string
const open: Page[] = []

beforeAll(async () => {
  ;[game, chromium] = await Promise.all([startGame({ console: true }), openChromium()])
  origin = `http://127.0.0.1:${game.webPort}`
})
afterEach(async () => {
  for (const page of open.splice(0)) await page.context().close()
})
afterAll(async () => {
  await chromium?.close()
  await game?.stop()
})

async function newPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const page = await (await chromium.newContext(options)).newPage()
  open.push(page)
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${origin}/login`)
  await page.getByLabel('Character name').fill(WIZARD.name)
  await page.getByLabel('Password', { exact: true }).fill(WIZARD.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${origin}/`)
}

test('signs a wizard in, and out, without a script', async () => {
  const page = await newPage({ javaScriptEnabled: false })
  await page.goto(`${origin}/sessions`)
  expect(page.url()).toContain('/login')
  await page.getByLabel('Character name').fill(WIZARD.name)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('That name and password do not open the console.').waitFor()
  await signIn(page)
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ name: 'holdfast', httpOnly: true, sameSite: 'Strict', path: '/' })
})

test('shows every page without breaking its policy, and fetches nothing from elsewhere', async () => {
  const page = await newPage()
  const troubles = troublesOf(page, origin)
  await signIn(page)
  for (const path of ['/', '/sessions', '/divergence', '/queues', '/events', '/health', '/audit', '/settings']) {
    await page.goto(`${origin}${path}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    // Its fonts are its own, and there.
    expect(await page.evaluate(async () => (await document.fonts.ready).status)).toBe('loaded')
  }
  expect(troubles).toEqual([])
})

test('runs no script that a page did not come with, whatever gets into its text', async () => {
  const page = await newPage()
  const refused: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text())
  })
  // As if an answer of the server held it.
  await page.route(`${origin}/login`, async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace('</body>', '<script>window.injected = 1</script></body>')
    await route.fulfill({ response, body })
  })
  await page.goto(`${origin}/login`)
  // As if a page took text for markup.
  await page.evaluate(() => {
    const markup = '<img src="x" onerror="window.injected = 2"><a id="j" href="javascript:window.injected = 3">x</a>'
    document.body.insertAdjacentHTML('beforeend', markup)
  })
  await page.locator('#j').click()
  await expect.poll(() => refused.length).toBeGreaterThanOrEqual(3)
  expect(await page.evaluate(() => Reflect.get(window, 'injected'))).toBeUndefined()
})

test('keeps the theme that was chosen from the first paint on', async () => {
  const page = await newPage({ javaScriptEnabled: false, colorScheme: 'light' })
  const background = async () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.goto(`${origin}/login`)
  const light = await background()
  await page.context().addCookies([{ name: 'holdfast-theme', value: 'dark', url: origin }])
  await page.goto(`${origin}/login`)
  expect(await background()).not.toBe(light)
})

test('has its columns as a wizard likes them, by keyboard, and has them again', async () => {
  const wizard = await openConsolePage(chromium, game)
  const { page, press } = wizard
  open.push(page)
  await wizard.signIn()
  await wizard.goTo('s', 'Sessions')
  const heads = page.locator('.sessions-table th[data-column]')
  const order = () => heads.evaluateAll((all) => all.map((head) => head.getAttribute('data-column')))
  const widthOf = (id: string) =>
    page.locator(`.sessions-table th[data-column="${id}"]`).evaluate((head) => head.clientWidth)
  const before = await order()
  const width = await widthOf('player')
  await press('c')
  const menu = page.getByRole('dialog', { name: 'Columns' })
  await menu.waitFor()
  await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter')
  await expect.poll(wizard.focused, { timeout: SEEN_MS }).toBe('button Pin Player at the left')
  await expect.poll(order, { timeout: SEEN_MS }).toEqual(['player', ...before.filter((id) => id !== 'player')])
  await press('ArrowRight', 'ArrowRight', 'Enter', 'Enter')
  await menu.getByText(/^Player: 1 of \d+, pinned, \d+ px wide\.$/).waitFor()
  await press('ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter')
  await expect
    .poll(async () => (await order()).slice(0, 3), { timeout: SEEN_MS })
    .toEqual(['player', 'copies', 'state'])
  await press('Escape')
  await menu.waitFor({ state: 'detached' })
  expect(await widthOf('player')).toBeGreaterThan(width + 16)
  await expect
    .poll(() => new URL(page.url()).searchParams.get('columns'), { timeout: SEEN_MS })
    .toMatch(/^player:\d+;copies,state,/)

  await wizard.goTo('h', 'Health')
  await wizard.goTo('s', 'Sessions')
  await expect
    .poll(async () => (await order()).slice(0, 3), { timeout: SEEN_MS })
    .toEqual(['player', 'copies', 'state'])
  expect(new URL(page.url()).search).toBe('')
  await press('c')
  await menu.waitFor()
  await press('ArrowUp')
  await expect.poll(wizard.focused, { timeout: SEEN_MS }).toBe('button As at the start')
  await press('Enter', 'Escape')
  await expect.poll(order, { timeout: SEEN_MS }).toEqual(before)
})

test('boots nobody but the player whom the form names, whoever is on the session by then', async () => {
  const wizard = await openConsolePage(chromium, game)
  const { page, press } = wizard
  open.push(page)
  await wizard.signIn()
  const player = await createPlayer(game, 'Beryl')
  await wizard.openSession('player:beryl ')
  await press('b')
  const form = page.getByRole('dialog', { name: 'Boot Beryl' })
  await form.waitFor()
  await wizard.type('asked for')
  await player.ask('LOGOUT', BANNER, SEEN_MS)
  await player.ask(`create Cassia ${passwordOf('Cassia')}`, WELCOME, SEEN_MS)
  await form
    .getByRole('alert')
    .filter({ hasText: /is Cassia’s now; you saw Beryl on it\. Nothing was done/ })
    .waitFor()
  await press('Enter')
  await form.getByText('Somebody else is there now').waitFor()
  await wizard.tabTo(form.getByRole('button', { name: 'Boot Cassia instead' }))
  await press('Enter')
  const other = page.getByRole('dialog', { name: 'Boot Cassia' })
  await other.getByText('Say why').waitFor()
  expect(player.isOpen).toBe(true)
  await press('Escape')
  await other.waitFor({ state: 'detached' })
  player.hangUp()
})
