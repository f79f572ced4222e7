import type { LiveTick } from '@holdfast/store/contracts'
import type { ConsolePort } from '../ports.ts'

/** What the frame of every page shows: told by the stream each second, and asked for by a page whose stream is broken. */
export const tickOf = (console: Pick<ConsolePort, 'pulse' | 'status'>, now: number): LiveTick => ({
  ...console.pulse(),
  now: new Date(now).toISOString(),
  behindMs: console.status().behindMs,
})
