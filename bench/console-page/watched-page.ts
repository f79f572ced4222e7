import { openChromium } from '../../e2e/harness/chromium.ts'
import type { ConsoleProcess } from './console-process.ts'

const WINDOW = { width: 1440, height: 900 }
const SHOWN_MS = 30_000

/** The list of sessions in Chromium, with a watch inside of the page that tells when something was painted. */
export interface WatchedPage {
  /** From Overview by `g s`: from the key to the first rows on the screen, ms. */
  firstRows(): Promise<number>
  /** From the press of a heading by Enter to the row that comes first then, ms. */
  sort(heading: string, firstHandle: number): Promise<number>
  /** From the end of a filter's word to so many that match, with their rows, ms. Before, all of them are shown. */
  filter(text: string, total: number, all: number): Promise<number>
  /** The epoch ms at which this text was on the screen. */
  painted(text: string): Promise<number>
  /** Watches for so long while nobody touches the page: the longest task (0: none over 50 ms) and the most rows in the document. */
  idle(ms: number): Promise<{ longestTaskMs: number; tasksOver50: number; rows: number }>
  close(): Promise<void>
}

/** Runs in the page before anything of it. Times are of the page's own clock, whose origin is an epoch. */
function watch(): void {
  const long: { at: number; ms: number }[] = []
  let rows = 0
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push({ at: startTime, ms: duration })
  }).observe({ entryTypes: ['longtask'] })
  const rowsNow = (): number => document.querySelectorAll('.sessions-table tbody tr[aria-rowindex]').length
  const pressed = { at: 0 }
  for (const kind of ['keydown', 'input']) {
    document.addEventListener(kind, ({ timeStamp }) => (pressed.at = timeStamp), true)
  }
  /** Resolves after the frame in which it came to hold. */
  const when = (holds: () => boolean): Promise<number> =>
    new Promise((resolve) => {
      let isDone = false
      const look = (): void => {
        rows = Math.max(rows, rowsNow())
        if (isDone || !holds()) return
        isDone = true
        observer.disconnect()
        requestAnimationFrame(() => {
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now())
          channel.port2.postMessage(null)
        })
      }
      const observer = new MutationObserver(look)
      observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true })
      look()
    })
  const handleOf = (row: Element | null): number => Number(row?.querySelectorAll('td')[3]?.textContent ?? Number.NaN)
  const first = (): Element | null => document.querySelector('.sessions-table tbody tr[id][aria-rowindex="2"]')
  const total = (): number => Number(document.querySelector('.sessions-table')?.getAttribute('aria-rowcount')) - 1
  Reflect.set(window, 'bench', {
    pressed,
    firstRows: () => when(() => first() !== null),
    firstIs: (handle: number) => when(() => handleOf(first()) === handle),
    matches: (count: number) => when(() => total() === count && first() !== null),
    shows: (text: string) =>
      when(() => document.querySelector('.sessions-table')?.textContent?.includes(text) ?? false),
    from: () => performance.now(),
    since: (from: number) => {
      const tasks = long.filter(({ at }) => at >= from).map(({ ms }) => ms)
      return { longestTaskMs: Math.max(0, ...tasks), tasksOver50: tasks.length, rows: Math.max(rows, rowsNow()) }
    },
  })
}

type Bench = {
  pressed: { at: number }
  firstRows: () => Promise<number>
  firstIs: (handle: number) => Promise<number>
  matches: (count: number) => Promise<number>
  shows: (text: string) => Promise<number>
  from: () => number
  since: (from: number) => { longestTaskMs: number; tasksOver50: number; rows: number }
}
declare global {
  var bench: Bench
}

export async function watchPage({ origin, token }: ConsoleProcess): Promise<WatchedPage> {
  const chromium = await openChromium()
  const context = await chromium.newContext({ viewport: WINDOW })
  await context.addCookies([{ name: 'holdfast', value: token, url: origin, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  page.setDefaultTimeout(SHOWN_MS)
  await page.addInitScript(watch)
  await page.goto(`${origin}/`)
  await page.locator('.pill', { hasText: 'Live' }).waitFor()

  /** The promise is begun in the page before the key is pressed; its time is from the key's own. */
  const timed = async (begin: () => Promise<number>, act: () => Promise<unknown>): Promise<number> => {
    const done = begin()
    await act()
    const paintedAt = await done
    return paintedAt - (await page.evaluate(() => bench.pressed.at))
  }
  const field = page.getByRole('combobox', { name: 'Filter sessions' })

  return {
    async firstRows() {
      await page.locator('h1').first().focus() // out of the filter, where keys are letters
      await page.keyboard.press('g')
      await page.keyboard.press('o')
      await page.waitForURL(`${origin}/`)
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      await page.keyboard.press('g')
      return timed(
        () => page.evaluate(() => bench.firstRows()),
        () => page.keyboard.press('s'),
      )
    },
    async sort(heading, firstHandle) {
      const head = page.getByRole('columnheader', { name: heading })
      await head.getByRole('button').focus()
      // Unsorted, then rising, is the same order twice: nobody could see when it was there.
      if ((await head.getAttribute('aria-sort')) === null) {
        await Promise.all([page.waitForResponse(/api\/sessions\?.*sort=/), page.keyboard.press('Enter')])
      }
      return timed(
        () => page.evaluate((handle) => bench.firstIs(handle), firstHandle),
        () => page.keyboard.press('Enter'),
      )
    },
    async filter(text, total, all) {
      await field.focus()
      for (const key of ['Backspace', 'Control+a', 'Backspace']) await page.keyboard.press(key)
      await page.evaluate((count) => bench.matches(count), all)
      // A space ends a word: what is only being typed waits 150 ms for the next letter.
      return timed(
        () => page.evaluate((count) => bench.matches(count), total),
        () => page.keyboard.insertText(`${text} `),
      )
    },
    painted: (text) => page.evaluate(async (wanted) => performance.timeOrigin + (await bench.shows(wanted)), text),
    async idle(ms) {
      await page.locator('h1').focus()
      const from = await page.evaluate(() => bench.from())
      await new Promise((resolve) => setTimeout(resolve, ms))
      return page.evaluate((since) => bench.since(since), from)
    },
    close: () => chromium.close(),
  }
}
