import axe from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    /** Where its source was evaluated. */
    axe: typeof axe
  }
}

/** WCAG 2.2 A and AA, and what axe holds for good besides. */
const ALL: axe.RunOnly = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}
/** Only what may be otherwise in another theme. */
const OF_COLOURS: axe.RunOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** All that axe has against the page as it stands, one line each. */
export const axeProblems = (page: Page): Promise<string[]> => problemsBy(page, ALL)

/** Only what of it colours are to blame for. */
export const contrastProblems = (page: Page): Promise<string[]> => problemsBy(page, OF_COLOURS)

async function problemsBy(page: Page, runOnly: axe.RunOnly): Promise<string[]> {
  // Half a megabyte: once for each load of a page.
  if (!(await page.evaluate(() => Reflect.has(window, 'axe')))) await page.evaluate(axe.source)
  // What holds is counted, not told of: telling costs more than judging.
  const options: axe.RunOptions = { runOnly, resultTypes: ['violations'], preload: false }
  const results = await page.evaluate((run) => window.axe.run(document, run), options)
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`,
    ),
  )
}

/** What of the page's bars lies over something else of them, and how far the page is wider than its window. */
export async function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const bars =
      '.top, .nav, .page-head, .page-head + .bar, .banner, .sources-narrow, .play-top, .play-link, .sign-in .brand'
    const parts = 'h1, a, button, input, select, .pill, .age, .badge, .chip, .brand > span'
    const shown = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true }) && !element.matches('.sr-only, .skip-link')
    const found: string[] = []
    const wider = document.documentElement.scrollWidth - window.innerWidth
    if (wider > 0) found.push(`the page is ${wider} px wider than its window`)
    for (const bar of document.querySelectorAll(bars)) {
      const all = [...bar.querySelectorAll(parts)].filter(shown)
      const outer = all.filter((one) => !all.some((other) => other !== one && other.contains(one)))
      for (const [at, one] of outer.entries()) {
        const a = one.getBoundingClientRect()
        for (const other of outer.slice(at + 1)) {
          const b = other.getBoundingClientRect()
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
          if (across > 1 && down > 1)
            found.push(`"${one.textContent}" lies on "${other.textContent}" in ${bar.className}`)
        }
      }
    }
    return found
  })
}

/** What can be pressed and is less than 24 px high or wide. A link within a sentence is as high as its line (WCAG 2.5.8). */
export async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const least = 24
    const targets = 'a[href], button, input, select, textarea, summary, [role="button"], [role="tab"], [role="option"]'
    const isInSentence = (element: Element): boolean =>
      element.matches('a') && getComputedStyle(element).display === 'inline'
    /** A box that is ticked is as large as its label. */
    const boxOf = (element: Element): Element => (element.matches('input') && element.closest('label')) || element
    const found: string[] = []
    for (const element of document.querySelectorAll(targets)) {
      if (!element.checkVisibility({ visibilityProperty: true }) || isInSentence(element)) continue
      const { width, height } = boxOf(element).getBoundingClientRect()
      const isForReadersOnly = width <= 1 && height <= 1
      if (isForReadersOnly || (width >= least && height >= least)) continue
      const name = element.getAttribute('aria-label') ?? element.textContent
      found.push(`"${name}" (${element.tagName} ${element.className}) is ${width} x ${height} px`)
    }
    return found
  })
}

/** What has focus, coming from the page's end by Shift and Tab, while something lies over it (WCAG 2.4.11). */
export async function coveredFocus(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const stops = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
    const edge = 2
    /** What is higher is a region, which may begin above what is seen of it. */
    const lowMax = 64
    const nameOf = (element: Element): string =>
      `${element.tagName} ${element.className} "${element.getAttribute('aria-label') ?? element.textContent}"`
    const found: string[] = []
    window.scrollTo(0, document.documentElement.scrollHeight)
    for (const element of [...document.querySelectorAll<HTMLElement>(stops)].reverse()) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('[inert]')) continue
      element.focus()
      const { top, bottom, left, right } = element.getBoundingClientRect()
      // What only readers have cannot be seen at all.
      if (document.activeElement !== element || right - left <= 1) continue
      // A browser scrolls nothing sideways of which 32 px are seen.
      const x = (Math.max(left, 0) + Math.min(right, window.innerWidth)) / 2
      const middle = (Math.max(top, 0) + Math.min(bottom, window.innerHeight)) / 2
      for (const y of bottom - top <= lowMax ? [top + edge, bottom - edge] : [middle]) {
        const upmost = document.elementFromPoint(x, y)
        const isSeen = upmost !== null && (element.contains(upmost) || upmost.contains(element))
        const isItsLabel = upmost?.closest('label')?.contains(element)
        if (!isSeen && !isItsLabel)
          found.push(`${nameOf(element)} at ${y} lies under ${upmost ? nameOf(upmost) : 'the edge'}`.slice(0, 200))
      }
    }
    return found
  })
}

/** Moves that no input asked for, from each load of the page on; `shiftsOf` tells them. */
export const watchShifts = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const shifts: { value: number; what: string[] }[] = []
    Reflect.set(window, 'layoutShifts', shifts)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (Reflect.get(entry, 'hadRecentInput') === true) continue
        const sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[] =
          Reflect.get(entry, 'sources') ?? []
        const what = sources.map(({ node, previousRect, currentRect }) => {
          const name = node instanceof Element ? `${node.tagName}.${node.className}` : (node?.textContent ?? '?')
          return `${name} ${Math.round(previousRect.y)}+${Math.round(previousRect.height)} to ${Math.round(currentRect.y)}+${Math.round(currentRect.height)}`
        })
        shifts.push({ value: Number(Reflect.get(entry, 'value')), what })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })

/** Of pages that `watchShifts` watches: how far what was shown has moved since the load, where that is more than `most`. */
export async function shiftsOf(page: Page, most: number): Promise<string[]> {
  const shifts = await page.evaluate(() => {
    const all: { value: number; what: string[] }[] = Reflect.get(window, 'layoutShifts') ?? []
    return all
  })
  const sum = shifts.reduce((total, { value }) => total + value, 0)
  if (sum <= most) return []
  return [`moved by ${sum.toFixed(3)}: ${shifts.map(({ value, what }) => `${value.toFixed(3)} ${what.join(', ')}`)}`]
}

/** Collects what the page writes as an error, and what it asks of others than the console at `origin`. */
export function troublesOf(page: Page, origin: string): string[] {
  const troubles: string[] = []
  const path = (): string => new URL(page.url()).pathname
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`${path()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => void troubles.push(`${path()}: ${error.message}`))
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    const isOurs = host === new URL(origin).host || ['data:', 'blob:'].includes(protocol)
    if (!isOurs) troubles.push(`asks ${request.url()}`)
  })
  return troubles
}
