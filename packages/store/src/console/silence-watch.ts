import type { Partition } from '../contracts/index.ts'
import type { ProcessTable } from './process-table.ts'
import { DEAD_MS, isRead, type SourceLook } from './source-look.ts'

/** While another server is heard it takes over within seconds: until then a command waits for the next owner. */
export const TAKEOVER_MS = 15_000

/** Who does not answer, and why nothing can be asked of it, in words. */
export interface Silence {
  role: 'gateway' | 'server'
  reason: string
}

export interface SilenceWatch {
  /** To be called at each look. */
  heed(look: SourceLook): void
  /** For how long it has certainly been silent, ms; 0 for one of whom that is not certain. */
  silentMs(id: string, look: SourceLook): number
  /** Of the server that owns the partition. */
  ofOwner(partition: Partition, look: SourceLook): Silence | null
  ofGateway(id: string, look: SourceLook): Silence | null
}

/**
 * Of whom it is certain that it is silent, so that a command for it is better refused than given: a process that was heard, has
 * not left, and has said nothing for DEAD_MS in which it would have been heard, for the log was read all the time. Null for
 * anybody else: one that is unknown, one that is being replaced, and all of them while Kafka is away or has just come back.
 */
export function createSilenceWatch(
  processes: Pick<ProcessTable, 'all' | 'get'>,
  ownerOf: (partition: Partition) => string | null,
): SilenceWatch {
  let hearingSince: number | null = null

  const silentMs = (id: string, look: SourceLook): number => {
    const known = processes.get(id)
    if (hearingSince === null || !known || known.hasLeft || isRead(look.process(id))) return 0
    const ms = look.moment.monotonic - Math.max(hearingSince, known.asOf)
    return ms > DEAD_MS ? ms : 0
  }
  const isServerHeard = (look: SourceLook): boolean =>
    [...processes.all()].some(({ id, beat, hasLeft }) => beat.role === 'server' && !hasLeft && isRead(look.process(id)))

  return {
    heed(look) {
      if (look.log.status !== 'fresh') hearingSince = null
      else hearingSince ??= look.moment.monotonic
    },
    silentMs,
    ofOwner(partition, look) {
      const id = ownerOf(partition)
      const ms = id === null ? 0 : silentMs(id, look)
      if (id === null || ms === 0 || (ms < TAKEOVER_MS && isServerHeard(look))) return null
      return { role: 'server', reason: look.process(id).reason }
    },
    ofGateway: (id, look) => (silentMs(id, look) === 0 ? null : { role: 'gateway', reason: look.process(id).reason }),
  }
}
