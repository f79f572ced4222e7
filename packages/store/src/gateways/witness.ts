import type { Clock } from '@holdfast/runtime'
import { type ControlBoard, SILENT_MS } from '../control/control-board.ts'

/** While what this process itself said has not come back for so long, Kafka is late, and silence proves nothing. */
const ECHO_LATE_MS = 2_000

export interface GatewayWitness {
  /** Looks at what can be trusted; call it often. */
  look(): void
  /** Not heard for SILENT_MS in which it would have been heard, or it has said goodbye. The first witness. */
  isSilent(gateway: string): boolean
  /** Silent, and without the lease of its slot. Rejects when Redis does not answer: then nobody is dead. */
  isDead(gateway: string, slot: number): Promise<boolean>
}

/**
 * A gateway is dead only by two witnesses: nobody hears it, and it does not hold its slot. Silence counts only while this
 * process hears itself and Redis answers, from the moment on when both began: at the end of an outage of Kafka and Redis everybody is
 * silent and has no lease, for the moment that a living gateway needs to be back. So no outage orphans anyone.
 */
export function createGatewayWitness(options: {
  clock: Clock
  board: Pick<ControlBoard, 'beatOf' | 'isAlive' | 'echoMs'>
  isRedisUp: () => boolean
  /** Who holds a slot's lease; null for nobody. */
  holderOf: (slot: number) => Promise<string | null>
}): GatewayWitness {
  const { clock, board, isRedisUp, holderOf } = options
  let hearingSince: number | null = null

  const isSilent = (gateway: string): boolean => {
    if (hearingSince === null || board.isAlive(gateway)) return false
    const heard = board.beatOf(gateway)
    if (heard?.beat.isLeaving) return true
    const silentSince = Math.max(hearingSince, heard?.heardAt ?? hearingSince)
    return clock.monotonic() - silentSince >= SILENT_MS
  }

  return {
    look() {
      const hears = board.echoMs < ECHO_LATE_MS && isRedisUp()
      if (!hears) hearingSince = null
      else hearingSince ??= clock.monotonic()
    },
    isSilent,
    isDead: async (gateway, slot) => isSilent(gateway) && (await holderOf(slot)) !== gateway && isSilent(gateway),
  }
}
