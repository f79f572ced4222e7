/** In the headers of a page's request, written by proxy.ts: where it is, which Next tells no layout. */
export const PLACE_HEADER = 'x-holdfast-place'

const PLACE_LENGTH_MAX = 2_000
const HERE = 'http://console.invalid'
/** No pages: what answers a program is nowhere to come back to, and to the sign-in nobody comes back. */
const NO_PAGES = /^\/(?:api|login|_next)(?:\/|$)/

/**
 * A page of this console, as path, query and fragment; `/` for whatever else was asked for. A link to the sign-in may come from
 * anybody: it must lead nowhere else. The URL is read as a browser would read it (`/\host`, tabs, `/.//host`), and what was
 * read is what is given.
 */
export function wayBackOf(place: string | null | undefined): string {
  if (!place?.startsWith('/') || place.length > PLACE_LENGTH_MAX) return '/'
  const url = URL.parse(place, HERE)
  if (url === null || url.origin !== HERE || url.pathname.startsWith('//') || NO_PAGES.test(url.pathname)) return '/'
  url.searchParams.delete('_rsc') // of Next's own: the page without its frame
  return url.pathname + url.search + url.hash
}

/** The sign-in that leads back to a place. */
export function signInPathFrom(place: string | null | undefined): string {
  const back = wayBackOf(place)
  return back === '/' ? '/login' : `/login?next=${encodeURIComponent(back)}`
}
