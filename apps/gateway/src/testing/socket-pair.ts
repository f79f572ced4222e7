import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface SocketPair {
  /** The end that the product gets. */
  near: Socket
  /** The client's end. */
  far: Socket
  close(): void
}

/** Two ends of a real loopback connection; the client's stays open until the test closes it. */
export async function socketPair(): Promise<SocketPair> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has an address')
  const accepted = once(server, 'connection')
  const far = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  far.on('error', () => far.destroy())
  const [near]: Socket[] = await accepted
  server.close()
  if (near === undefined) throw new Error('a connection comes with its socket')
  return {
    near,
    far,
    close() {
      near.destroy()
      far.destroy()
    },
  }
}

/** All that a client's end hears, as text with one character a byte. */
export function hear(far: Socket): { readonly text: string; readonly ended: boolean } {
  const heard = { text: '', ended: false }
  far.setEncoding('latin1')
  far.on('data', (chunk) => {
    heard.text += chunk
  })
  far.on('end', () => {
    heard.ended = true
  })
  return heard
}
