import type { Socket } from 'node:net'
import { type Clock, once } from '@holdfast/runtime'
import type { Client, ClientEvents, ClientPart } from '../connections/client.ts'
import { createTelnetProtocol, type TelnetNotice } from './telnet-protocol.ts'

/** How long a client may take to read its goodbye and to close. */
export const END_WAIT_MS = 5_000

/**
 * Ends a socket after what is left to send, and within END_WAIT_MS whatever the other side does (a time-out of the
 * socket's own begins anew with each byte that somebody dribbles in). What still comes is read and falls away:
 * closing over unread input resets a connection, and the goodbye would be lost.
 */
export function endSocket(socket: Socket, clock: Clock): void {
  if (socket.destroyed) return
  socket.end()
  socket.resume()
  const patience = clock.setTimeout(() => socket.destroy(), END_WAIT_MS)
  socket.once('close', () => patience.cancel())
}

/** Joins a socket and the telnet protocol into a client. The socket's errors end it; they are no news to anybody else. */
export function createTelnetClient(socket: Socket, events: ClientEvents, clock: Clock): Client {
  const protocol = createTelnetProtocol({
    onLine: ({ text, cut }) => events.onLine(text, cut),
    onNotice: (notice) => tell(notice, events),
    write: (bytes) => {
      if (socket.writable) socket.write(bytes)
    },
  })
  const end = once(() => endSocket(socket, clock))

  /** Does `work`, with all that it writes in one go, and lets the backlog be looked at. */
  const together = (work: () => void): void => {
    socket.cork()
    work()
    socket.uncork()
    events.onSent()
  }

  socket.on('data', (chunk) => together(() => protocol.receive(chunk)))
  socket.on('end', () => {
    events.onGone() // at once: the close would wait for output that nobody may be reading
    end()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => events.onGone())
  protocol.open()

  const sendPart = (part: ClientPart): void => {
    if (part.kind === 'text') protocol.sendText(part.text)
    else if (part.kind === 'prompt') protocol.sendPrompt(part.text)
    else protocol.passwordMode(!part.on)
  }

  return {
    send: (parts) => together(() => parts.forEach(sendPart)),
    facts() {
      const { clientName, terminalType, width, height, capabilities, mtts, charset } = protocol.info()
      const told = mtts === null ? [] : [`mtts=${mtts}`]
      return { client: clientName ?? terminalType, width, height, capabilities: [...capabilities, ...told, charset] }
    },
    get backlogBytes() {
      return socket.writableLength
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => end(),
    destroy: () => void socket.destroy(),
  }
}

function tell(notice: TelnetNotice, events: ClientEvents): void {
  if (notice.kind === 'dropped') events.onDropped(notice.what, notice.count)
  else events.onFacts()
}
