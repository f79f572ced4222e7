import type { Clock } from '@holdfast/runtime'
import { type CloseReason, partingOf, type Subprotocol } from '@holdfast/store/contracts'
import type { WebSocket } from 'ws'
import { writeMessage, writeText } from './frames.ts'

/** How long a client may take to read its goodbye and to close. */
export const PARTING_WAIT_MS = 5_000
/** Clients that are told to come back are spread over this. */
const RECONNECT_SPREAD_MS = 2_000

export interface PartingOptions {
  socket: WebSocket
  subprotocol: Subprotocol
  clock: Clock
  random: () => number
}

/** Whether messages of proto `holdfast` are spoken. */
export const speaksOurs = (subprotocol: Subprotocol): boolean => subprotocol === 'json.mudstandards.org'

/**
 * Ends a WebSocket: says whether to come back, closes with its code, and cuts after PARTING_WAIT_MS whatever the other side
 * does. What still comes is read and falls away, or the peer's own close would never be. One that is closed is left alone.
 */
export function part({ socket, subprotocol, clock, random }: PartingOptions, reason: CloseReason): void {
  if (socket.readyState === socket.CLOSED) return
  const { says, code } = partingOf(reason)
  if (socket.readyState === socket.OPEN) {
    const afterMs = Math.round(random() * RECONNECT_SPREAD_MS)
    const word = says === 'bye' ? writeMessage('bye', { reason }) : writeMessage('reconnect', { afterMs })
    if (speaksOurs(subprotocol)) socket.send(word)
    socket.close(code, reason)
  }
  socket.resume()
  const patience = clock.setTimeout(() => socket.terminate(), PARTING_WAIT_MS)
  socket.once('close', () => patience.cancel())
}

/** Turns a client away that has no seat, with words it can read. */
export function turnAwayFrom(options: PartingOptions, text: string, reason: CloseReason): void {
  options.socket.on('error', () => options.socket.terminate())
  options.socket.send(writeText(text))
  part(options, reason)
}
