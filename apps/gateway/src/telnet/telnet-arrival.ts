import type { Socket } from 'node:net'
import type { Clock } from '@holdfast/runtime'
import { CLOSE_REASONS } from '@holdfast/store/contracts'
import type { Arrival } from '../connections/client.ts'
import { createTelnetClient, endSocket } from './telnet-client.ts'

/** A fresh telnet socket, as somebody to seat. */
export function telnetArrival(socket: Socket, ip: string, clock: Clock): Arrival {
  return {
    ip,
    transport: 'telnet',
    facts: { client: null, width: null, height: null, capabilities: [] },
    open: (events) => createTelnetClient(socket, events, clock),
    turnAway(reason) {
      socket.on('error', () => socket.destroy())
      socket.write(`${CLOSE_REASONS[reason]}\r\n`)
      endSocket(socket, clock)
    },
    cut: () => void socket.destroy(),
    onceGone: (listener) => void socket.once('close', listener),
  }
}
