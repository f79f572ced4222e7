import type { Socket } from 'node:net'
import type { Client, ClientEvents } from '../connections/client.ts'
import { createTelnetProtocol } from './telnet-protocol.ts'

/** What is left when a client does not take its goodbye. */
const END_WAIT_MS = 5_000

/** Joins a socket and the telnet protocol into a client. The socket's errors end it; they are no news to anybody else. */
export function createTelnetClient(socket: Socket, ip: string, events: ClientEvents): Client {
  const protocol = createTelnetProtocol({
    onLine: ({ text }) => events.onLine(text),
    onNotice: ({ kind }) => {
      if (kind !== 'dropped') events.onFacts()
    },
    write: (bytes) => {
      if (socket.writable) socket.write(bytes)
    },
  })
  socket.on('data', (chunk) => protocol.receive(chunk))
  socket.on('end', () => socket.end())
  socket.on('error', () => socket.destroy())
  socket.on('close', () => events.onGone())
  protocol.open()

  return {
    transport: 'telnet',
    ip,
    send(parts) {
      socket.cork()
      for (const part of parts) {
        if (part.kind === 'text') protocol.sendText(part.text)
        else if (part.kind === 'prompt') protocol.sendPrompt(part.text)
        else protocol.passwordMode(!part.on)
      }
      socket.uncork()
    },
    facts() {
      const { clientName, terminalType, width, height, capabilities, mtts, charset } = protocol.info()
      const told = mtts === null ? [] : [`mtts=${mtts}`]
      return {
        client: clientName ?? terminalType,
        width,
        height,
        capabilities: [...capabilities, ...told, charset],
      }
    },
    get backlogBytes() {
      return socket.writableLength
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end() {
      socket.end()
      socket.setTimeout(END_WAIT_MS, () => socket.destroy())
    },
    destroy: () => void socket.destroy(),
  }
}
