import type { Console } from '@holdfast/store'

/** What the handlers need of the state layer's console: all but its end, and what its commands use by themselves. */
export type ConsolePort = Omit<Console, 'close' | 'verify' | 'recheck' | 'versions' | 'named' | 'silent'>
