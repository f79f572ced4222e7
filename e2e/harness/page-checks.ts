import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** WCAG 2.2 A and AA, and what axe holds for good besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** All that axe has against the page as it stands, one line each. */
export const axeProblems = (page: Page): Promise<string[]> => problemsBy(new AxeBuilder({ page }).withTags(RULES))

/** Only what may be otherwise in another theme. */
export const contrastProblems = (page: Page): Promise<string[]> =>
  problemsBy(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']))

async function problemsBy(axe: AxeBuilder): Promise<string[]> {
  // The newer mode opens a page for each run, for frames of other origins: there are none.
  const { violations } = await axe.setLegacyMode().analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`,
    ),
  )
}

/** What of the page's bars lies over something else of them, and how far the page is wider than its window. */
export async function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const bars = '.top, .nav, .page-head, .page-head + .bar, .banner, .sources-narrow'
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
