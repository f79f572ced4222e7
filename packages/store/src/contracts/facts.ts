import { COPIES, type Copy } from './console-api.ts'
import { hasHash, ownerOf, textOf } from './copy-readings.ts'
import type { CopyReading, Difference, Observation } from './divergence.ts'

/** What the parts of `classify` share: plain questions about one observation. */

export type Copies = Observation['copies']

export interface Facts {
  observation: Observation
  /** Copies that the session must have. A detached one has no gateway: nobody holds its socket. */
  needed: readonly Copy[]
  /** What each copy holds of the session; null where it was not read or does not have it. */
  held: Readonly<Record<Copy, Readonly<Record<string, string>> | null>>
}

/** Whether copies have the session at all, where that is in question. */
export interface Existence {
  state: 'settling' | 'missing' | 'ghost'
  missingIn: readonly Copy[]
  difference: Difference
}

const WITHOUT_GATEWAY: readonly Copy[] = COPIES.filter((copy) => copy !== 'gateway')

export function factsOf(observation: Observation): Facts {
  const { gateway, server, redis } = observation.copies
  const witness = server.kind === 'read' ? server : redis
  return {
    observation,
    needed: textIn(witness, 'status') === 'detached' ? WITHOUT_GATEWAY : COPIES,
    held: {
      gateway: gateway.kind === 'read' ? gateway.fields : null,
      server: server.kind === 'read' ? server.fields : null,
      redis: redis.kind === 'read' && hasHash(redis.fields) ? redis.fields : null,
    },
  }
}

/** A field's text; '' where the copy has none, or was not read. */
export const textIn = (copy: CopyReading, name: string): string =>
  copy.kind === 'read' ? textOf(copy.fields, name) : ''

export const isSidePending = ({ pending }: Observation, side: 'gateway' | 'server'): boolean =>
  pending.some((write) => write.side === side)

/** The copy that is right about a field; null where that one could not be read. */
export function rightCopy(name: string, { observation, needed }: Facts): Copy | null {
  const { gateway, server } = observation.copies
  if (ownerOf(name) === 'gateway') {
    if (gateway.kind === 'read') return 'gateway'
    if (gateway.kind === 'unknown' && needed.includes('gateway')) return null
  }
  return server.kind === 'read' ? 'server' : null
}
