import type { Beat } from '../contracts/index.ts'
import type { BeatContent } from '../control/control-board.ts'
import { AT } from './fixtures.ts'

/** What a process says of itself that holds nothing and has nothing to write. */
export const QUIET_CONTENT: BeatContent = {
  role: 'server',
  slot: null,
  sessions: 0,
  partitions: [],
  lag: 0,
  redisUp: true,
  queue: {
    pending: 0,
    retrying: 0,
    dead: 0,
    oldestMs: 0,
    breaker: 'closed',
    nextProbeAt: null,
    error: null,
    inPerS: 0,
    outPerS: 0,
    writeMs: null,
    ofBound: 0,
  },
  audit: null,
}

/** A beat of this process with that content, but for what is given. */
export const quietBeat = (process: string, given: Partial<Beat> = {}): Beat => ({
  v: 1,
  kind: 'beat',
  at: AT,
  process,
  isLeaving: false,
  rssBytes: 0,
  uptimeMs: 0,
  ...QUIET_CONTENT,
  ...given,
})
