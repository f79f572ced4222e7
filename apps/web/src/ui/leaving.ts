/** A navigation that has not come by then never will; the address is written as ever. ms */
export const LEAVING_MAX_MS = 10_000

/**
 * Whether the page is about to be left: a navigation to another one was begun, and the address is not there yet. One to the same
 * page with other words behind it leaves nothing: what is written meanwhile counts more.
 */
export interface Leaving {
  /** `href`: where a navigation goes that begins now. */
  note(href: string): void
  /** Told when the page begins to be left, while the address is its own yet. */
  onLeave(listener: () => void): () => void
  isUnderWay(): boolean
}

/** `here`: the address, whole. `now`: ms, by any clock that only goes forward. */
export function createLeaving(here: () => string, now: () => number): Leaving {
  const listeners = new Set<() => void>()
  let last: { to: string; at: number } | null = null
  return {
    note(href) {
      const to = pageOf(new URL(href, here()))
      last = { to, at: now() }
      if (to !== pageOf(new URL(here()))) for (const listener of listeners) listener()
    },
    onLeave(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    isUnderWay: () => last !== null && now() - last.at < LEAVING_MAX_MS && pageOf(new URL(here())) !== last.to,
  }
}

const pageOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/** The tab's own: the router tells it (instrumentation-client.ts), what writes the address asks it. */
export const leaving: Leaving = createLeaving(
  () => location.href,
  () => performance.now(),
)
