import type { IncomingHttpHeaders } from 'node:http'
import { PLAY_SOCKET_PATH, SUBPROTOCOLS, type Subprotocol } from '@holdfast/store/contracts'

/** What to do about a request for a WebSocket. `why` is for the count, `detail` for whoever asks. */
export type UpgradeVerdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'refuse'; readonly status: 400 | 403 | 404; readonly why: UpgradeRefusal; readonly detail: string }
export type UpgradeRefusal = 'path' | 'origin' | 'subprotocol'

/**
 * Decides on a handshake by its head. Programs send no Origin and may come; a browser always sends one, of the page that
 * asks: one that is not listed is somebody else's page, in the browser of a player of ours.
 */
export function judgeUpgrade(
  { url = '/', headers }: { url?: string | undefined; headers: IncomingHttpHeaders },
  origins: ReadonlySet<string>,
): UpgradeVerdict {
  if (url.split('?', 1)[0] !== PLAY_SOCKET_PATH) {
    return { kind: 'refuse', status: 404, why: 'path', detail: `WebSockets are at ${PLAY_SOCKET_PATH}.` }
  }
  const { origin } = headers
  if (origin !== undefined && !origins.has(origin.toLowerCase())) {
    return { kind: 'refuse', status: 403, why: 'origin', detail: 'Pages of this origin may not connect here.' }
  }
  const offer = headers['sec-websocket-protocol']
  if (offer !== undefined && chooseSubprotocol(offer.split(',').map((name) => name.trim())) === null) {
    const detail = `Offer one of ${SUBPROTOCOLS.join(', ')}, or none.`
    return { kind: 'refuse', status: 400, why: 'subprotocol', detail }
  }
  return { kind: 'open' }
}

/** The best of those that a client offers, by our order, not by its; null where none is ours. */
export function chooseSubprotocol(offered: Iterable<string>): Subprotocol | null {
  const names = new Set(offered)
  return SUBPROTOCOLS.find((name) => names.has(name)) ?? null
}

const isSpoken = (name: string): name is Subprotocol => chooseSubprotocol([name]) !== null

/** What is spoken on a WebSocket that agreed on this; nothing agreed is the plainest. */
export const spokenOn = (agreed: string): Subprotocol => (isSpoken(agreed) ? agreed : 'terminal.mudstandards.org')
