import { once } from 'node:events'
import { WebSocket, WebSocketServer } from 'ws'

export interface WebSocketPair {
  /** The end that the product gets. */
  near: WebSocket
  /** The client's end. */
  far: WebSocket
  close(): void
}

export interface WebSocketPairOptions {
  maxPayload?: number
  /** Whether the client answers pings. */
  autoPong?: boolean
}

/** Two ends of a real WebSocket on loopback. */
export async function webSocketPair({
  maxPayload = 64 * 1024,
  autoPong = true,
}: WebSocketPairOptions = {}): Promise<WebSocketPair> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload, clientTracking: false })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has an address')
  const accepted = once(server, 'connection')
  const far = new WebSocket(`ws://127.0.0.1:${address.port}`, { autoPong })
  far.on('error', () => far.terminate())
  const [[near]] = await Promise.all([accepted, once(far, 'open')])
  server.close()
  if (!(near instanceof WebSocket)) throw new Error('a connection comes with its socket')
  return {
    near,
    far,
    close() {
      near.terminate()
      far.terminate()
    },
  }
}

/** All that a client's end hears, in order: text of BINARY frames as it is, a TEXT frame as `<id data>`; and how it ended. */
export function hearFrames(far: WebSocket): { readonly frames: string[]; readonly closed: [number, string][] } {
  const heard = { frames: [] as string[], closed: [] as [number, string][] }
  far.on('message', (message, isBinary) => {
    const text = String(message)
    if (isBinary) heard.frames.push(text)
    else {
      const { id, data } = JSON.parse(text)
      heard.frames.push(`<${id} ${data}>`)
    }
  })
  far.on('close', (code, reason) => heard.closed.push([code, String(reason)]))
  return heard
}
