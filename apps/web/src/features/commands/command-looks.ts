import type { Command } from '@holdfast/store/contracts'
import { isOver } from './command-words.ts'

const LOOK_MS = 500
/** A late answer is still worth showing: one that timed out is looked at for so long, so seldom. */
export const LATE_LOOK_MS = 5_000
export const LATE_FOR_MS = 600_000

/**
 * When a command is to be looked at again, for one who follows it: half a second later until it is over, and more seldom, for ten
 * minutes, from the moment on when nobody had answered. `at`: when it was read, ms. Returns ms; false: never again.
 */
export function createCommandLooks(): (command: Command | undefined, at: number) => number | false {
  let late: { id: string; since: number } | null = null
  return (command, at) => {
    if (!command) return LOOK_MS
    const { id, state } = command
    if (late?.id !== id) late = state === 'timed-out' ? { id, since: at } : null
    if (state !== 'timed-out' && isOver(command)) return false
    if (!late) return LOOK_MS
    return at - late.since < LATE_FOR_MS ? LATE_LOOK_MS : false
  }
}
