import { COPIES, type Copy } from './console-api.ts'
import { ownerOf, textOf } from './copy-readings.ts'
import type { CopyReading, Difference, Observation } from './divergence.ts'

/** What the parts of `classify` share: plain questions about one observation. */

export type Copies = Observation['copies']

export interface Facts {
  observation: Observation
  /** A detached session has no gateway: nobody holds its socket. */
  isGatewayNeeded: boolean
}

/** Whether copies have the session at all, where that is in question. */
export interface Existence {
  state: 'settling' | 'missing' | 'ghost'
  missingIn: readonly Copy[]
  difference: Difference
}

export function factsOf(observation: Observation): Facts {
  const { server, redis } = observation.copies
  const witness = server.kind === 'read' ? server : redis
  return { observation, isGatewayNeeded: textIn(witness, 'status') !== 'detached' }
}

export const needed = ({ isGatewayNeeded }: Facts): readonly Copy[] =>
  COPIES.filter((copy) => copy !== 'gateway' || isGatewayNeeded)

/** A field's text; '' where the copy has none, or was not read. */
export const textIn = (copy: CopyReading, name: string): string =>
  copy.kind === 'read' ? textOf(copy.fields, name) : ''

export const isSidePending = ({ pending }: Observation, side: 'gateway' | 'server'): boolean =>
  pending.some((write) => write.side === side)

/** The copy that is right about a field; null where that one could not be read. */
export function rightCopy(name: string, { observation, isGatewayNeeded }: Facts): Copy | null {
  const { gateway, server } = observation.copies
  if (ownerOf(name) === 'gateway') {
    if (gateway.kind === 'read') return 'gateway'
    if (gateway.kind === 'unknown' && isGatewayNeeded) return null
  }
  return server.kind === 'read' ? 'server' : null
}
