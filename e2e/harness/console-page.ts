import type { Copy } from '@holdfast/store/contracts'
import type { Browser, Locator, Page } from 'playwright-core'
import { type Game, WIZARD } from './game.ts'

/** The console in Chromium as a wizard has it whose hands never leave the keyboard: nothing here presses a mouse. */
export interface ConsolePage {
  readonly page: Page
  readonly origin: string
  /** Keys one after the other: `g`, `Control+k`. */
  press(...keys: readonly string[]): Promise<void>
  type(text: string): Promise<void>
  /** Tab until this has focus; throws where it cannot be reached. */
  tabTo(target: Locator): Promise<void>
  signIn(): Promise<void>
  /** The page behind `g` and this key, by its title. */
  goTo(key: string, title: string): Promise<void>
  /** Filters the list of sessions, and waits until its address says so. Every word ends with a space, as one types it. */
  filter(words: string): Promise<void>
  /** From wherever: the page of the one session that these words find. */
  openSession(words: string): Promise<void>
  /** What the list shows of the sessions in it, as text. */
  rows(): Promise<string[]>
  /** A cell of the diff, by the copies that it stands for; those that agree side by side share one. */
  cell(field: string, ...copies: readonly Copy[]): Locator
  /** Which copies of a field are marked as other than their owner's. */
  oddCopies(field: string): Promise<string[]>
  /** A toast, when it is there. */
  toast(text: string | RegExp): Promise<void>
  /** What of the page has focus, in words for an assertion. */
  focused(): Promise<string>
}

const SHOWN_MS = 15_000
/** Where there is no such element, one look must not take as long as everything may. */
const LOOK_MS = 500
const TABS_MAX = 60
const WINDOW = { width: 1440, height: 900 }

export async function openConsolePage(chromium: Browser, { webPort }: Pick<Game, 'webPort'>): Promise<ConsolePage> {
  const page = await (await chromium.newContext({ viewport: WINDOW })).newPage()
  page.setDefaultTimeout(SHOWN_MS)
  const origin = `http://127.0.0.1:${webPort}`
  const { keyboard } = page

  const press: ConsolePage['press'] = async (...keys) => {
    for (const key of keys) await keyboard.press(key)
  }
  const hasFocus = (target: Locator): Promise<boolean> =>
    target.evaluate((element) => element === document.activeElement, undefined, { timeout: LOOK_MS }).catch(() => false)
  const tabTo: ConsolePage['tabTo'] = async (target) => {
    for (let tabs = 0; tabs < TABS_MAX; tabs++) {
      if (await hasFocus(target)) return
      await keyboard.press('Tab')
    }
    throw new Error(`no Tab comes to ${target}`)
  }
  const rows: ConsolePage['rows'] = () => page.locator('.sessions-table tbody tr[id]').allTextContents()
  const goTo: ConsolePage['goTo'] = async (key, title) => {
    const heading = page.getByRole('heading', { level: 1, name: title })
    // From the page itself nothing tells when it has come anew; what is typed before then would go with the old one.
    if (await heading.isVisible()) {
      await press('g', key === 'o' ? 'h' : 'o')
      await heading.waitFor({ state: 'detached' })
    }
    await press('g', key)
    await heading.waitFor()
  }
  const filter: ConsolePage['filter'] = async (words) => {
    await press('/')
    await keyboard.type(words)
    await press('Escape', 'Escape')
    await page.waitForURL((url) => url.searchParams.get('filter') === words.trim())
  }

  return {
    page,
    origin,
    press,
    type: (text) => keyboard.type(text),
    tabTo,
    rows,
    goTo,
    filter,
    async signIn() {
      await page.goto(`${origin}/login`)
      await tabTo(page.getByLabel('Character name'))
      await keyboard.type(WIZARD.name)
      await press('Tab')
      await keyboard.type(WIZARD.password)
      await press('Enter')
      await page.waitForURL(`${origin}/`)
      await page.locator('.pill', { hasText: 'Live' }).waitFor()
    },
    async openSession(words) {
      await goTo('s', 'Sessions')
      await filter(words)
      await page.locator('.sessions-table[aria-rowcount="2"]').waitFor()
      await press('j')
      await page.locator('.sessions-table tr[data-cursor]').waitFor()
      await press('Enter')
      await page.waitForURL(/\/sessions\/./)
      await page.locator('table.diff').waitFor()
    },
    cell: (field, ...copies) =>
      page.locator(`[id="field-${field}"] td.cell[data-label="${copies.map(labelOf).join(', ')}"]`),
    oddCopies: (field) =>
      page
        .locator(`[id="field-${field}"] td.cell[data-look="odd"]`)
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-label') ?? '')),
    toast: (text) => page.locator('.toast', { hasText: text }).first().waitFor(),
    focused: () =>
      page.evaluate(() => {
        const element = document.activeElement
        const name = element?.getAttribute('aria-label') ?? element?.textContent ?? ''
        return `${element?.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`.trim()
      }),
  }
}

const labelOf = (copy: Copy): string => (copy === 'redis' ? 'Redis' : copy)
