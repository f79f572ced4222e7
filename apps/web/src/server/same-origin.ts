import type { Arrival } from './arrival.ts'

/**
 * Whether a page of this console sent the request: browsers say so in Sec-Fetch-Site, older ones in Origin. `unproven`: neither
 * is there, so that no browser of today sent it from a page.
 */
export function originOf(headers: Pick<Headers, 'get'>, { host, isHttps }: Arrival): 'same' | 'foreign' | 'unproven' {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' ? 'same' : 'foreign'
  const origin = headers.get('origin')
  if (origin === null) return 'unproven'
  return URL.parse(`${isHttps ? 'https' : 'http'}://${host}`)?.origin === origin ? 'same' : 'foreign'
}
