import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { liveTickSchema } from '@holdfast/store/contracts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { openBrowser } from './harness/console-client.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { type OwnRedis, startOwnRedis } from './harness/own-redis.ts'
import {
  axeProblems,
  contrastProblems,
  coveredFocus,
  layoutProblems,
  shiftsOf,
  smallTargets,
  troublesOf,
  watchShifts,
} from './harness/page-checks.ts'
import { createPlayers, hangUpAll, type Player } from './harness/player.ts'

/**
 * How each page stands in each state of a running game: read by axe in both themes, in a wide window and at 320 px, where it
 * is looked at for what overlaps, jumps, is too small to press, or has focus and lies under something.
 * One game, whose parts go and come back in turn. `HOLDFAST_E2E_PICTURES=<folder>` keeps a picture of each.
 */

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
const NARROW = { width: 320, height: 800 }
const THEMES = ['light', 'dark'] as const
/** Of the window's height and width, from the first paint on. */
const SHIFT_MAX = 0.02
const LOADS_MAX = 2
const STATE_MS = 60_000
const GREETING = 'what the sea does not take'
/** Pages that are looked at side by side. */
const AT_ONCE = 3

let redis: OwnRedis
let game: Game
let chromium: Browser
let origin: string
let cookie: { name: string; value: string; url: string }
let players: readonly Player[] = []

beforeAll(async () => {
  redis = await startOwnRedis()
  ;[game, chromium] = await Promise.all([startGame({ console: true, redisUrl: redis.url }), openChromium()])
  const wizard = openBrowser(game.webPort)
  await wizard.signIn(WIZARD.name, WIZARD.password)
  const [name = '', value = ''] = (wizard.cookie ?? '').split('=')
  origin = wizard.origin
  cookie = { name, value, url: origin }
})
afterAll(async () => {
  hangUpAll(players)
  await chromium?.close()
  await game?.stop()
  await redis?.stop()
})

/** A page, and whether it is one of the console's, with the strip of sources and the banner that go with them. */
interface Place {
  name: string
  path: string
  isConsole: boolean
}

const consolePage = (name: string, path: string): Place => ({ name, path, isConsole: true })

/** In each state. */
const PLACES: readonly Place[] = [
  ...['sessions', 'divergence', 'queues', 'events', 'health', 'audit', 'settings'].map((name) =>
    consolePage(name, `/${name}`),
  ),
  consolePage('overview', '/'),
  { name: 'login', path: '/login', isConsole: false },
  { name: 'play', path: '/play', isConsole: false },
]

interface State {
  name: string
  /** What the banner over every page says; null: there is none. */
  banner: RegExp | null
  /** What the console reads that does not answer. */
  away: 'redis' | 'kafka' | null
  /** Beside those that every state has. */
  places: readonly Place[]
}

async function newPage(isSignedIn: boolean): Promise<Page> {
  // Nothing is on its way from one colour to the other when axe looks.
  const context = await chromium.newContext({ viewport: WIDE, colorScheme: 'light', reducedMotion: 'reduce' })
  if (isSignedIn) await context.addCookies([cookie])
  const page = await context.newPage()
  await watchShifts(page)
  return page
}

/** The page has read what it shows. */
async function settled(page: Page, { name, isConsole }: Place, { banner, away }: State): Promise<void> {
  // What a visitor is told while something is away depends on how long it has been so.
  if (name === 'play' && away === null) await page.getByText(GREETING).first().waitFor({ timeout: STATE_MS })
  if (name === 'play') await page.locator('.play-top').waitFor()
  if (name === 'login') await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  if (!isConsole) return
  await page.locator('.top .sources li').nth(3).waitFor()
  await page.locator('main h1').waitFor()
  await page.waitForFunction(() => document.querySelector('main .skeleton') === null)
  if (banner === null) await page.locator('.banner').waitFor({ state: 'detached' })
  else await page.locator('.banner').filter({ hasText: banner }).waitFor({ timeout: STATE_MS })
}

async function keepPicture(page: Page, name: string, isWhole: boolean): Promise<void> {
  const folder = process.env.HOLDFAST_E2E_PICTURES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isWhole })
}

/**
 * Loads it. What a page does by itself when it is loaded it does again: one that moved is loaded once more, for something may have
 * happened meanwhile, such as a machine so slow that the console said it was behind.
 */
async function loaded(page: Page, place: Place, state: State): Promise<string[]> {
  await page.setViewportSize(WIDE)
  let shifts: string[] = []
  for (let tries = 0; tries < LOADS_MAX; tries++) {
    await page.goto(`${origin}${place.path}`)
    await settled(page, place, state)
    shifts = await shiftsOf(page, SHIFT_MAX)
    if (shifts.length === 0) return []
  }
  return shifts.map((problem) => `${state.name} ${place.name}: ${problem}`)
}

/** All that is wrong with a page that stands: wide and narrow, light and dark. Leaves it with its focus anywhere. */
async function looksOf(page: Page, place: Place, state: State): Promise<string[]> {
  const problems: string[] = []
  const look = async (width: number, check: string, found: Promise<readonly string[]>): Promise<void> => {
    for (const problem of await found) problems.push(`${state.name} ${place.name} ${width} ${check}: ${problem}`)
  }
  const inBothThemes = async ({ width, height }: typeof WIDE): Promise<void> => {
    await page.setViewportSize({ width, height })
    await look(width, 'layout', layoutProblems(page))
    await look(width, 'targets', smallTargets(page))
    for (const theme of THEMES) {
      // As the switch of themes does it.
      await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme)
      // Beside its colours a page is in both themes the same: the wide one proves it.
      const isOfColours = width !== WIDE.width && theme === 'dark'
      await look(width, theme, isOfColours ? contrastProblems(page) : axeProblems(page))
      await keepPicture(page, `${place.name}-${state.name}-${width}-${theme}`, width !== WIDE.width)
    }
  }
  await inBothThemes(WIDE)
  if (state.name === 'normal' && process.env.HOLDFAST_E2E_PICTURES !== undefined) await inBothThemes(PHONE)
  await inBothThemes(NARROW)
  await look(NARROW.width, 'focus', coveredFocus(page))
  return problems
}

/** The console knows by now who is away: a page that is loaded from here on comes with it. */
async function known({ away }: State): Promise<void> {
  await waitUntil(
    async () => {
      const { redis, kafka } = await signedIn().read('/api/pulse', liveTickSchema)
      return redis.up === (away !== 'redis') && kafka.up === (away !== 'kafka')
    },
    { timeoutMs: STATE_MS, what: `the console to read all but ${away}` },
  )
}

async function problemsIn(state: State): Promise<string[]> {
  const problems: string[] = []
  const left = [...PLACES, ...state.places]
  await known(state)
  const visit = async (): Promise<void> => {
    const pages = { console: await newPage(true), other: await newPage(false) }
    const troubles = [pages.console, pages.other].map((page) => troublesOf(page, origin))
    for (let place = left.shift(); place !== undefined; place = left.shift()) {
      const page = place.isConsole ? pages.console : pages.other
      problems.push(...(await loaded(page, place, state)))
      problems.push(...(await looksOf(page, place, state)))
    }
    // That answers may be refused is such a state itself, and Chromium reports each.
    const isOfState = (trouble: string): boolean => state.banner !== null && trouble.includes('Failed to load resource')
    problems.push(...troubles.flat().filter((trouble) => !isOfState(trouble)))
    await Promise.all([pages.console.context().close(), pages.other.context().close()])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, visit))
  return problems
}

function signedIn(): ReturnType<typeof openBrowser> {
  const wizard = openBrowser(game.webPort)
  wizard.cookie = `${cookie.name}=${cookie.value}`
  return wizard
}

/** Waits until all that a test before has taken away is back in this session's copies. */
const sessionPath = async (player: string): Promise<string> => {
  const { sid } = await signedIn().row(player, ({ state }) => state === 'in-sync', STATE_MS)
  return `/sessions/${sid}`
}

test('no page has anything that axe, a narrow window, a theme or a key brings out, while nobody is connected', async () => {
  const state: State = { name: 'empty', banner: null, away: null, places: [] }
  expect(await problemsIn(state)).toEqual([])
})

test('no page has, while people play', async () => {
  players = await createPlayers(game, ['Ann', 'Bob', 'Cyd', 'Dot'])
  const path = await sessionPath('Ann')
  const places = [consolePage('session', path), consolePage('reconcile', `${path}?reconcile=one`)]
  const state: State = { name: 'normal', banner: null, away: null, places }
  expect(await problemsIn(state)).toEqual([])
})

test('no page has, while Redis is away', async () => {
  const places = [consolePage('session', await sessionPath('Ann'))]
  await redis.kill()
  try {
    // So that something waits.
    await Promise.all(players.map((player) => player.ask('say still here', 'You say, "still here"', STATE_MS)))
    const banner = /Redis unreachable since/
    expect(await problemsIn({ name: 'redis-down', banner, away: 'redis', places })).toEqual([])
  } finally {
    await redis.start()
  }
})

test('no page has, while Kafka is away', async () => {
  const places = [consolePage('session', await sessionPath('Ann'))]
  await game.kill('kafka', 0, 'SIGSTOP')
  try {
    const banner = /Commands are off/
    expect(await problemsIn({ name: 'kafka-down', banner, away: 'kafka', places })).toEqual([])
  } finally {
    await game.kill('kafka', 0, 'SIGCONT')
  }
})
