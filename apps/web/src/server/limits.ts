import type { Clock } from '@holdfast/runtime'
import type { CommandLimits } from './api/submit-command.ts'
import { type AttemptLimit, createAttemptLimit } from './attempt-limit.ts'

const MINUTE_MS = 60_000
/** Who goes on failing waits longer each time, up to this. */
const SIGN_IN_WAIT_MS_MAX = 15 * MINUTE_MS

export interface Limits {
  signIn: { perName: AttemptLimit; perPeer: AttemptLimit }
  commands: CommandLimits
}

/** How often what may be done; docs/api.md has the same figures. */
export function createLimits(clock: Clock): Limits {
  return {
    signIn: {
      perName: createAttemptLimit({ clock, max: 5, windowMs: MINUTE_MS, waitMsMax: SIGN_IN_WAIT_MS_MAX }),
      perPeer: createAttemptLimit({ clock, max: 10, windowMs: 10 * MINUTE_MS, waitMsMax: SIGN_IN_WAIT_MS_MAX }),
    },
    commands: {
      perType: createAttemptLimit({ clock, max: 60, windowMs: MINUTE_MS }),
      mass: createAttemptLimit({ clock, max: 2, windowMs: MINUTE_MS }),
    },
  }
}
