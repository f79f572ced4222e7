import type { Queues, Sid } from '@holdfast/store/contracts'

export interface Probes {
  /** A session with a write that waits, one for each process that can be made to try. */
  sids: readonly Sid[]
  processes: readonly string[]
}

/**
 * What has every process whose breaker is not closed try Redis at once: a retry of one write that waits there. The try is the probe, for
 * the whole process. A dead letter is no probe: Redis refuses it for its own sake.
 */
export function probesOf({ processes, entries }: Queues): Probes {
  const found = processes.flatMap(({ id, breaker }) => {
    const entry =
      breaker !== 'closed' ? entries.find(({ process, kind }) => process === id && kind !== 'dead') : undefined
    return entry ? [{ id, sid: entry.sid }] : []
  })
  return { sids: [...new Set(found.map(({ sid }) => sid))], processes: found.map(({ id }) => id) }
}
