import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { type Game, startGame } from './harness/game.ts'
import { BANNER, createPlayer, hangUpAll, passwordOf, WELCOME } from './harness/player.ts'

/** The players' client at `/play`, in a real browser and a running game. */

const HEARD_MS = 15_000
/** A gateway that is killed is started again, and its page's turn comes. */
const BACK_MS = 40_000
const FIRST_LOAD_BYTES_MAX = 150_000
const NARROW = { width: 320, height: 640 }

let game: Game
let chromium: Browser
let address: string
const open: Page[] = []

beforeAll(async () => {
  ;[game, chromium] = await Promise.all([startGame({ console: true }), openChromium()])
  address = `http://127.0.0.1:${game.webPort}/play`
})
afterEach(async () => {
  for (const page of open.splice(0)) await page.context().close()
})
afterAll(async () => {
  await chromium?.close()
  await game?.stop()
})

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await chromium.newContext({ reducedMotion: 'reduce', ...options })).newPage()
  open.push(page)
  return page
}

const heard = (page: Page, text: string) => page.getByRole('log').getByText(text)
const untilHeard = (page: Page, text: string, ms = HEARD_MS) => heard(page, text).last().waitFor({ timeout: ms })

async function type(page: Page, line: string): Promise<void> {
  await page.locator('#command').fill(line)
  await page.locator('#command').press('Enter')
}

/** A page with the game's greeting on it. */
async function openPlay(options?: BrowserContextOptions): Promise<Page> {
  const page = await newPage(options)
  await page.goto(address)
  await untilHeard(page, BANNER)
  return page
}

async function playAs(name: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await openPlay(options)
  await type(page, `create ${name} ${passwordOf(name)}`)
  await untilHeard(page, WELCOME)
  return page
}

/** A page whose gateway is the test: it hears `text` at once, and what `say` sends it. */
async function openStaged(text: string, options?: BrowserContextOptions) {
  const page = await newPage(options)
  let say: (message: string | Buffer) => void = () => undefined
  await page.routeWebSocket(/\/ws$/, (socket) => {
    say = (message) => socket.send(message)
    say(Buffer.from(text))
  })
  await page.goto(address)
  return { page, say: (message: string | Buffer) => say(message) }
}

async function violations(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations: found } = await new AxeBuilder({ page }).withTags(tags).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

test('is there in less than 150 kB, and asks nobody but its own page and its gateway', async () => {
  const page = await newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  const { host, hostname } = new URL(address)
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) troubles.push(`asks ${request.url()}`)
  })
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).hostname !== hostname) troubles.push(`connects to ${socket.url()}`)
  })
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  const names = new Map<string, string>()
  const loaded: { name: string; bytes: number }[] = []
  network.on('Network.responseReceived', ({ requestId, response }) => void names.set(requestId, response.url))
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    loaded.push({ name: names.get(requestId) ?? '', bytes: encodedDataLength })
  })
  await page.goto(address)
  await untilHeard(page, BANNER)
  await page.evaluate(async () => (await document.fonts.ready).status)
  // The page's fonts come when all else is there; it can be played without them.
  const first = loaded.filter(({ name }) => !name.endsWith('.woff2'))
  const bytes = first.reduce((sum, one) => sum + one.bytes, 0)
  console.log(`  first load: ${bytes} bytes in ${first.length} answers`)
  expect(first.length).toBeGreaterThan(5)
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX)
  expect(troubles).toEqual([])
})

test('makes a player, who talks with one of telnet both ways, also over a server that is killed', async () => {
  const page = await playAs('Pia')
  const ted = await createPlayer(game, 'Ted')
  try {
    await type(page, 'say hello from the page')
    await ted.waitFor('Pia says, "hello from the page"', HEARD_MS)
    ted.send('say <b>hello</b> & from telnet')
    await untilHeard(page, 'Ted says, "<b>hello</b> & from telnet"')
    expect(await page.getByRole('log').locator('b').count(), 'what players say is text').toBe(0)

    await type(page, 'say 漢字 🦀')
    await untilHeard(page, 'You say, "漢字 🦀"')

    await game.kill('server')
    await type(page, 'say are you there')
    await ted.waitFor('Pia says, "are you there"', BACK_MS)
    ted.send('say still here')
    await untilHeard(page, 'Ted says, "still here"')
    expect(await heard(page, 'You say, "are you there"').count(), 'answered once').toBe(1)
    expect(await heard(page, 'Connected again').count(), 'the page noticed nothing').toBe(0)
  } finally {
    hangUpAll([ted])
  }
})

test('asks for a password in a field that hides it, and keeps it nowhere', async () => {
  const page = await openPlay()
  await type(page, 'create Sue')
  const field = page.locator('#command')
  await expect.poll(() => field.getAttribute('type'), { timeout: HEARD_MS }).toBe('password')
  await field.fill(passwordOf('Sue'))
  await field.press('Enter')
  await untilHeard(page, WELCOME)
  await expect.poll(() => field.getAttribute('type'), { timeout: HEARD_MS }).toBeNull()
  await type(page, `@password ${passwordOf('Sue')}=another-word`)
  await field.press('ArrowUp')
  expect(await field.inputValue()).toBe('create Sue')
  const everything = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...localStorage }))
  expect(everything).not.toContain(passwordOf('Sue'))
  expect(everything).not.toContain('another-word')
})

test('says that the gateway is gone, keeps what is typed, and comes back by itself', async () => {
  const page = await playAs('Kit')
  await type(page, 'look')
  await game.kill('gateway')
  await page
    .getByText(/Trying again/)
    .first()
    .waitFor({ timeout: HEARD_MS })
  const field = page.locator('#command')
  await field.fill('say back again')
  await untilHeard(page, 'Connected again after', BACK_MS)
  expect(await field.inputValue()).toBe('say back again')
  await untilHeard(page, BANNER)
  await type(page, `connect Kit ${passwordOf('Kit')}`)
  await expect.poll(() => heard(page, WELCOME).count(), { timeout: HEARD_MS }).toBe(2)
  await type(page, 'say back again')
  await untilHeard(page, 'You say, "back again"')
})

test('leaves with the player, and connects again only when asked to', async () => {
  const page = await playAs('Lea')
  await type(page, 'QUIT')
  await page.getByText('You have left the game.').first().waitFor({ timeout: HEARD_MS })
  await type(page, 'say to nobody')
  await page.getByText('Not connected. What you typed stays here.').waitFor()
  await page.getByRole('button', { name: 'Connect again' }).click()
  await expect.poll(() => heard(page, BANNER).count(), { timeout: HEARD_MS }).toBe(2)
  expect(await page.locator('#command').inputValue()).toBe('say to nobody')
})

const E = '\u001b'
const COLOURS = [
  `${E}[31mtheme red${E}[0m ${E}[38;5;46mcube green${E}[0m ${E}[38;2;64;160;255mtrue blue${E}[0m`,
  `${E}[1mbold${E}[0m ${E}[4munderlined${E}[0m ${E}[7mturned${E}[0m ${E}[48;2;255;255;0mon yellow${E}[0m`,
  // The hardest to read of all, on one of the two screens.
  `${E}[38;2;0;255;0mA${E}[38;2;0;255;255mB${E}[38;2;0;0;255mC${E}[38;2;0;0;0mD${E}[38;2;255;255;255mE${E}[0m`,
  `a link: https://example.org/a_(b). ${E}]0;a title${E}\\${E}[2J<img src=x>`,
].join('\r\n')

/** The colours that are painted, as red, green, blue. */
const painted = (page: Page, text: string) =>
  page.getByText(text, { exact: true }).evaluate((element) => {
    const { color, backgroundColor } = getComputedStyle(element)
    const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    return [color, backgroundColor].map((value) => {
      if (!paint) return []
      paint.clearRect(0, 0, 1, 1)
      paint.fillStyle = value
      paint.fillRect(0, 0, 1, 1)
      return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3)
    })
  })

test('paints 16, 256 and true colours and styles, readable in light and dark; links lead where they say', async () => {
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page } = await openStaged(`${COLOURS}\r\n`, { colorScheme })
    await untilHeard(page, 'theme red')
    const hues = async (text: string) => (await painted(page, text))[0] ?? []
    const [red = [], green = [], blue = []] = await Promise.all(['theme red', 'cube green', 'true blue'].map(hues))
    expect(Math.max(...red)).toBe(red[0])
    expect(Math.max(...green)).toBe(green[1])
    expect(Math.max(...blue)).toBe(blue[2])
    // What can be read on a dark screen stays as it was asked for.
    if (colorScheme === 'dark') {
      const off = [64, 160, 255].map((value, at) => Math.abs(value - (blue[at] ?? 0)))
      expect(Math.max(...off)).toBeLessThan(4)
    }
    const [turnedInk, turnedGround] = await painted(page, 'turned')
    expect(turnedGround, 'what the text had').toEqual((await painted(page, 'bold'))[0])
    expect(turnedInk).not.toEqual(turnedGround)
    expect(await painted(page, 'on yellow')).toEqual([
      [0, 0, 0],
      [255, 255, 0],
    ])
    const css = (text: string, name: string) =>
      page
        .getByText(text, { exact: true })
        .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)
    expect(Number(await css('bold', 'font-weight'))).toBeGreaterThanOrEqual(600)
    expect(await css('underlined', 'text-decoration-line')).toBe('underline')
    const link = page.getByRole('link', { name: 'https://example.org/a_(b)', exact: true })
    expect(await link.getAttribute('href')).toBe('https://example.org/a_(b)')
    expect(await link.getAttribute('rel')).toContain('noopener noreferrer')
    expect(await page.getByRole('log').locator('img').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
    open.pop()
  }
})

test('is accessible and fits at 320 px, connected and not, in settings and at a password', async () => {
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page, say } = await openStaged(`${COLOURS}\r\n`, {
      colorScheme,
      viewport: NARROW,
      hasTouch: true,
      isMobile: true,
    })
    await untilHeard(page, 'theme red')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(NARROW.width)
    expect(await violations(page)).toEqual([])
    const size = await page.locator('#command').evaluate((field) => Number.parseFloat(getComputedStyle(field).fontSize))
    expect(size, 'no phone zooms in on it').toBeGreaterThanOrEqual(16)
    await page.getByRole('button', { name: 'Settings' }).click()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    say(JSON.stringify({ proto: 'holdfast', id: 'echo', data: '{"on":false}' }))
    await page.locator('#command[type=password]').waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
    open.pop()
  }
})

test('reads each new line out once, and lets a reader above stay where he is', async () => {
  const { page, say } = await openStaged('Welcome.\r\n')
  await untilHeard(page, 'Welcome.')
  const button = page.getByRole('button', { name: /^Screen reader/ })
  await button.click()
  await expect.poll(() => button.getAttribute('aria-pressed'), { timeout: HEARD_MS }).toBe('true')
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`)
  say(Buffer.from(`-----\r\n${lines.join('\r\n')}\r\n`))
  const announced = page.locator('[data-announcer] p')
  await expect.poll(() => announced.count(), { timeout: HEARD_MS }).toBe(21)
  expect(await announced.first().textContent()).toBe('line 0')
  expect(await announced.last().textContent()).toBe('And 180 more lines, in the log.')
  expect(await page.getByRole('log').getAttribute('aria-live'), 'nobody else reads them').toBe('off')

  await page.locator('#command').press('PageUp')
  say(Buffer.from('one more\r\n'))
  const pill = page.getByRole('button', { name: '1 new line below' })
  await pill.waitFor()
  await pill.click()
  const isAtEnd = () =>
    page.getByRole('log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 12)
  await expect.poll(isAtEnd, { timeout: HEARD_MS }).toBe(true)
  await page.reload()
  await expect
    .poll(() => button.getAttribute('aria-pressed'), { timeout: HEARD_MS, message: 'the browser keeps it' })
    .toBe('true')
})
