import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChromium } from './harness/chromium.ts'
import { openBrowser } from './harness/console-client.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { type OwnRedis, startOwnRedis } from './harness/own-redis.ts'
import { axeProblems, contrastProblems, layoutProblems, troublesOf } from './harness/page-checks.ts'
import { createPlayers, hangUpAll, type Player } from './harness/player.ts'

/**
 * How each page stands in each state of a running game: read by axe in both themes, laid out in a wide window and at 320 px.
 * One game, whose parts go and come back in turn. `HOLDFAST_E2E_PICTURES=<folder>` keeps a picture of each.
 */

const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 320, height: 800 }
const STATE_MS = 60_000
/** Pages that are looked at side by side. */
const AT_ONCE = 2

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

const PATHS = ['/', '/sessions', '/divergence', '/queues', '/events', '/health', '/audit', '/settings']

interface State {
  name: string
  /** What the banner over every page says; null: there is none. */
  banner: RegExp | null
  /** Beside those that every state has. */
  paths: readonly string[]
  /** That answers may be refused is the state itself, and Chromium reports each. */
  isDegraded: boolean
}

async function newPage({ isSignedIn = true } = {}): Promise<Page> {
  // Themes change with the system's; nothing is on its way from one colour to the other when axe looks.
  const context = await chromium.newContext({ viewport: WIDE, colorScheme: 'light', reducedMotion: 'reduce' })
  if (isSignedIn) await context.addCookies([cookie])
  return context.newPage()
}

/** The page has read what it shows. */
async function settled(page: Page, { banner }: State): Promise<void> {
  await page.locator('.top .sources li').nth(3).waitFor()
  await page.locator('main h1').waitFor()
  await page.waitForFunction(() => document.querySelector('main .skeleton') === null)
  if (banner === null) await page.locator('.banner').waitFor({ state: 'detached' })
  else await page.locator('.banner').filter({ hasText: banner }).waitFor({ timeout: STATE_MS })
}

async function keepPicture(page: Page, state: string, look: string): Promise<void> {
  const folder = process.env.HOLDFAST_E2E_PICTURES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  const name = new URL(page.url()).pathname.split('/').filter(Boolean).join('-') || 'overview'
  await page.screenshot({ path: join(folder, `${name}-${state}-${look}.png`), fullPage: look === '320' })
}

/** All that is wrong with a page that stands: light, dark, and 320 px wide. */
async function looksOf(page: Page, state: string): Promise<string[]> {
  const problems: string[] = []
  const note = (look: string, found: readonly string[]): void => {
    for (const problem of found) problems.push(`${state} ${new URL(page.url()).pathname} ${look}: ${problem}`)
  }
  note('light', [...(await axeProblems(page)), ...(await layoutProblems(page))])
  await keepPicture(page, state, 'light')
  await page.emulateMedia({ colorScheme: 'dark' })
  note('dark', await contrastProblems(page))
  await keepPicture(page, state, 'dark')
  await page.setViewportSize(NARROW)
  note('320 px', await layoutProblems(page))
  // What a narrow window shows otherwise is the same in each state.
  if (state === 'normal') note('320 px', await axeProblems(page))
  await keepPicture(page, state, '320')
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light' })
  return problems
}

async function problemsIn(state: State): Promise<string[]> {
  const problems: string[] = []
  const left = [...PATHS, ...state.paths]
  const visit = async (): Promise<void> => {
    const page = await newPage()
    const troubles = troublesOf(page, origin)
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      await page.goto(`${origin}${path}`)
      await settled(page, state)
      problems.push(...(await looksOf(page, state.name)))
    }
    const isOfState = (trouble: string): boolean => state.isDegraded && trouble.includes('Failed to load resource')
    problems.push(...troubles.filter((trouble) => !isOfState(trouble)))
    await page.context().close()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, visit))
  return problems
}

/** Waits until all that a test before has taken away is back in this session's copies. */
const sessionPath = async (player: string): Promise<string> => {
  const wizard = openBrowser(game.webPort)
  wizard.cookie = `${cookie.name}=${cookie.value}`
  const { sid } = await wizard.row(player, ({ state }) => state === 'in-sync', STATE_MS)
  return `/sessions/${sid}`
}

test('the page for signing in has nothing that axe, a narrow window or a theme brings out', async () => {
  const page = await newPage({ isSignedIn: false })
  const troubles = troublesOf(page, origin)
  await page.goto(`${origin}/login`)
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  expect([...(await looksOf(page, 'normal')), ...troubles]).toEqual([])
  await page.context().close()
})

test('no page has, while nobody is connected', async () => {
  expect(await problemsIn({ name: 'empty', banner: null, paths: [], isDegraded: false })).toEqual([])
})

test('no page has, while people play', async () => {
  players = await createPlayers(game, ['Ann', 'Bob', 'Cyd', 'Dot'])
  const path = await sessionPath('Ann')
  const paths = [path, `${path}?reconcile=one`]
  expect(await problemsIn({ name: 'normal', banner: null, paths, isDegraded: false })).toEqual([])
})

test('no page has, while Redis is away', async () => {
  const path = await sessionPath('Ann')
  await redis.kill()
  try {
    // So that something waits.
    await Promise.all(players.map((player) => player.ask('say still here', 'You say, "still here"', STATE_MS)))
    const state: State = { name: 'redis-down', banner: /Redis unreachable since/, paths: [path], isDegraded: true }
    expect(await problemsIn(state)).toEqual([])
  } finally {
    await redis.start()
  }
})

test('no page has, while Kafka is away', async () => {
  const path = await sessionPath('Ann')
  await game.kill('kafka', 0, 'SIGSTOP')
  try {
    const state: State = { name: 'kafka-down', banner: /Commands are off/, paths: [path], isDegraded: true }
    expect(await problemsIn(state)).toEqual([])
  } finally {
    await game.kill('kafka', 0, 'SIGCONT')
  }
})
