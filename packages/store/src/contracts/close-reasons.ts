import { z } from 'zod'

/**
 * Every way a connection can end, with the sentence its player reads (null: the player is gone already, or has just
 * been told). One list for the gateway, the event and the console.
 */
export const CLOSE_REASONS = {
  quit: null,
  client: null,
  logout: null,
  boot: null,
  error: null,
  lost: null,
  replaced: null,
  idle: 'You have been idle for too long. Goodbye.',
  'login-timeout': 'You took too long to log in. Goodbye.',
  flood: 'You sent more than this game can take. Goodbye.',
  slow: 'Your connection could not keep up with the game. Goodbye.',
  'too-many': 'There are too many connections from your address.',
  unavailable: 'The game cannot seat you right now. Please try again in a moment.',
  'lease-lost': 'This gateway has lost its place. Please connect again.',
  shutdown: 'The game is going down for maintenance. Please come back in a moment.',
} as const satisfies Record<string, string | null>

/** Why a connection ended. */
export type CloseReason = keyof typeof CLOSE_REASONS

const isCloseReason = (value: unknown): value is CloseReason => typeof value === 'string' && value in CLOSE_REASONS

export const closeReasonSchema = z.custom<CloseReason>(isCloseReason, 'not a close reason')
