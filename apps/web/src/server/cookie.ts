import type { Arrival } from './arrival.ts'
import { LIFE_MS } from './sign-in-sessions.ts'

/**
 * The cookie's name. Under HTTPS it has the prefix that keeps any other host, and any page over plain HTTP, from setting it;
 * browsers take that prefix for nothing else.
 */
const nameFor = ({ isHttps }: Arrival): string => (isHttps ? '__Host-holdfast' : 'holdfast')

/** The token in a request's cookies; null without one. */
export function tokenIn(cookies: string | null, arrival: Arrival): string | null {
  const name = nameFor(arrival)
  for (const pair of (cookies ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || null
  }
  return null
}

const written = (value: string, arrival: Arrival, maxAgeS: number): string =>
  `${nameFor(arrival)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${arrival.isHttps ? '; Secure' : ''}`

/** `Set-Cookie` that signs this browser in. */
export const cookieOf = (token: string, arrival: Arrival): string => written(token, arrival, LIFE_MS / 1_000)

/** `Set-Cookie` that takes the cookie away. */
export const noCookie = (arrival: Arrival): string => written('', arrival, 0)
