/** Of the API, and of nothing in it. */
const NOWHERE = '/api/undecodable'

/**
 * The URL of a request as Next is to see it: one of the API whose path cannot be decoded names nothing there. Next would answer it
 * by a page before any route has it, and a program could not read that.
 */
export function settlePath(url: string): string {
  const [path = ''] = url.split('?')
  if (!path.startsWith('/api/')) return url
  try {
    decodeURIComponent(path)
    return url
  } catch {
    return NOWHERE // a URIError is all that it throws
  }
}
