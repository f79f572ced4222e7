import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Client } from './client.ts'
import { createHearing } from './hearing.ts'

export interface WebClient extends Client {
  readonly subprotocol: string
  /** What the gateway has said beside the text, in order: `<id> <data>`. */
  readonly messages: readonly string[]
  /** How it ended; null while it has not. */
  ending(): { readonly code: number; readonly reason: string } | null
}

const messageSchema = z.object({ proto: z.literal('holdfast'), id: z.string(), data: z.string() })
const CONNECT_MS = 5_000

/**
 * A real WebSocket that speaks as the page does: lines as numbered inputs. A frame's text that no line end closes is a prompt.
 */
export async function connectWeb(port: number, origin: string): Promise<WebClient> {
  const protocols = ['terminal.mudstandards.org', 'json.mudstandards.org']
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, protocols, { origin })
  const messages: string[] = []
  const hearing = createHearing(() => '')
  const { lines, waitFor } = hearing
  let ending: ReturnType<WebClient['ending']> = null
  let seq = 0

  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code, reason) => {
      ending = { code, reason: String(reason) }
      hearing.end()
      resolve(performance.now())
    })
  })
  // A socket that breaks is what `closed` and `ending` tell; tests look at those.
  socket.on('error', () => socket.terminate())
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      for (const line of String(data).replace(/\r\n$/, '').split('\r\n')) hearing.hear(line)
      return
    }
    const message = messageSchema.parse(JSON.parse(String(data)))
    messages.push(`${message.id} ${message.data}`)
  })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no WebSocket to ${port}`)), CONNECT_MS)
    socket.once('open', () => {
      clearTimeout(timer)
      resolve()
    })
    void closed.then(() => reject(new Error(`no WebSocket to ${port}: closed`)))
  })

  const send = (line: string): void => {
    seq += 1
    socket.send(JSON.stringify({ proto: 'holdfast', id: 'input', data: JSON.stringify({ seq, line }) }))
  }
  return {
    subprotocol: socket.protocol,
    messages,
    lines,
    get isOpen() {
      return ending === null
    },
    ending: () => ending,
    closed,
    send,
    waitFor,
    ask(line, pattern, ms) {
      const since = lines.length
      send(line)
      return waitFor(pattern, ms, since)
    },
    hangUp: () => socket.close(),
  }
}
