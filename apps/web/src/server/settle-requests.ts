import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'
import { settleHeaders } from './arrival.ts'
import { settlePath } from './settle-path.ts'

const CHANNEL = 'http.server.request.start'

/**
 * Settles the headers, and the path, of every request before Next sees it. A handler cannot: it does not know the socket, and Next fills
 * X-Forwarded-For with what the client sent. Node publishes each request on this channel, synchronously, before any
 * listener has it. Returns what ends it.
 */
export function settleRequests(proxies: BlockList): () => void {
  const onRequest = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return
    const { request } = message
    if (!(request instanceof IncomingMessage)) return
    settleHeaders(request.socket.remoteAddress ?? '', request.headers, proxies)
    request.url = settlePath(request.url ?? '')
  }
  subscribe(CHANNEL, onRequest)
  return () => void unsubscribe(CHANNEL, onRequest)
}
