import { type Clock, messageOf, OperationalError } from '@holdfast/runtime'
import { SLOTS } from '../kafka/topics.ts'
import type { SessionScripts } from './session-scripts.ts'

export const LEASE_MS = 6_000
const RENEW_MS = 2_000
const RETRY_MS = 500

export interface SlotLease {
  readonly slot: number
  /** Gives the slot back, so that another gateway may have it at once. */
  release(): Promise<void>
}

export interface SlotLeaseOptions {
  scripts: SessionScripts
  clock: Clock
  incarnation: string
  signal: AbortSignal
  /**
   * Whether somebody else is heard to hold the slot, whatever Redis says: a Redis that was wiped or set back has lost the
   * leases of gateways that are alive.
   */
  isHeard: (slot: number) => boolean
  /** Another incarnation holds the slot: this gateway must not speak for it any more. */
  onLost: () => void
  onTrouble: (problem: string) => void
}

/**
 * Takes the first free gateway slot and keeps it: one without a lease, from which nobody is heard either. Waits while
 * Redis is away, until `signal`. A lease that expired (Redis was away) is simply taken again. Rejects with NO_FREE_SLOT
 * when all are held.
 */
export async function holdSlot(options: SlotLeaseOptions): Promise<SlotLease> {
  const { scripts, clock, incarnation, onLost, onTrouble } = options
  const slot = await firstFreeSlot(options)
  let renewing = false

  const renew = async (): Promise<void> => {
    const holder = await scripts.lease(slot, incarnation, LEASE_MS, 'keep')
    if (holder === incarnation) return
    timer.cancel()
    onLost()
  }
  const timer = clock.setInterval(() => {
    if (renewing) return
    renewing = true
    renew()
      .catch((error: unknown) => onTrouble(messageOf(error)))
      .finally(() => {
        renewing = false
      })
  }, RENEW_MS)

  return {
    slot,
    async release() {
      timer.cancel()
      await scripts.lease(slot, incarnation, LEASE_MS, 'drop')
    },
  }
}

async function firstFreeSlot(options: SlotLeaseOptions): Promise<number> {
  const { scripts, clock, incarnation, signal, isHeard, onTrouble } = options
  for (;;) {
    signal.throwIfAborted()
    try {
      for (let slot = 0; slot < SLOTS; slot++) {
        if (isHeard(slot)) continue
        if ((await scripts.lease(slot, incarnation, LEASE_MS, 'keep')) === incarnation) return slot
      }
    } catch (error) {
      onTrouble(messageOf(error))
      await clock.sleep(RETRY_MS, signal)
      continue
    }
    throw new OperationalError(`all ${SLOTS} gateway slots are held: stop a gateway first`, { code: 'NO_FREE_SLOT' })
  }
}
