import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../../../e2e/harness/chromium.ts'
import { provideConsole } from '../../../tools/stack/src/console-build.ts'
import { serveFixture } from './fixture/serve.ts'

/** Takes the pictures of docs/console.md anew: the shipped pages, over the seeded world of the fixture. Run by `npm run pictures`. */

const FOLDER = join(import.meta.dirname, '../../../docs/pictures')
const LOG = join(import.meta.dirname, '../../../.cache/console-build.log')
const WIDE = { width: 1440, height: 860 }
const NARROW = { width: 390, height: 780 }
const QUALITY = 82
/** Long enough for the figures of a minute to begin, and for what is held back to be shown. */
const SETTLED_MS = 8_000
const THORNWICK = '/sessions/j-01ARZ3NDEKTSV4RRFFQ0000003'

interface Picture {
  name: string
  path: string
  scenario: string
  theme: 'light' | 'dark'
  size?: { width: number; height: number }
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: '/', scenario: 'normal', theme: 'light' },
  { name: 'sessions', path: '/sessions?sort=-state', scenario: 'normal', theme: 'dark' },
  { name: 'session', path: `${THORNWICK}?reconcile=one`, scenario: 'normal', theme: 'dark' },
  { name: 'session-narrow', path: THORNWICK, scenario: 'normal', theme: 'light', size: NARROW },
  { name: 'divergence', path: '/divergence', scenario: 'normal', theme: 'light' },
  { name: 'queues-redis-down', path: '/queues', scenario: 'redis-down', theme: 'light' },
  { name: 'health-gateway-silent', path: '/health', scenario: 'gateway-silent', theme: 'dark' },
]

/** As WebP: a tenth of what a PNG of the same would take. */
async function keep(page: Page, name: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  const picture = Buffer.from(data, 'base64')
  writeFileSync(join(FOLDER, `${name}.webp`), picture)
  return picture.length
}

async function take(
  chromium: Browser,
  url: string,
  { name, path, scenario, theme, size = WIDE }: Picture,
): Promise<void> {
  await fetch(`${url}/fixture/scenario?name=${scenario}`, { method: 'POST' })
  const context = await chromium.newContext({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${url}${path}`)
  await page.locator('main h1').waitFor()
  await page.waitForTimeout(SETTLED_MS)
  const bytes = await keep(page, name)
  process.stdout.write(`${name}.webp, ${Math.round(bytes / 1_000)} kB\n`)
  await context.close()
}

mkdirSync(FOLDER, { recursive: true })
await provideConsole((line) => process.stdout.write(`· ${line}\n`), LOG)
const fixture = await serveFixture()
const chromium = await openChromium()
try {
  for (const picture of PICTURES) await take(chromium, fixture.url, picture)
} finally {
  await chromium.close()
  await fixture.close()
}
