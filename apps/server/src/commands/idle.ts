import type { Command } from './command.ts'

/** `idle`: nothing at all; clients send it so that a connection does not look dead. */
export const idle: Command = { name: 'idle', aliases: ['@@'], at: 'game', inFull: true, run: () => [] }
