import { type Clock, messageOf, OperationalError, withDeadline } from '@holdfast/runtime'
import type { HandleCounter } from '../redis/handle-counter.ts'
import type { HandleLog } from './handle-log.ts'

/** Handles leased at once. Large, so that a Redis that is away for long stops nobody from connecting. */
export const HANDLE_BLOCK = 1_000
const REFILL_BELOW = HANDLE_BLOCK / 2
const RETRY_MS = 500
/** A block whose claim has not come back from the log by then is given up, and another one leased. */
const CLAIM_WAIT_MS = 30_000
/** Blocks in a row that somebody else's may overlap; only a crowd of gateways over a wiped Redis makes more than one. */
const OVERLAPS_MAX = 10

export interface HandleLease {
  /** A handle that was never given before; null while Redis or Kafka is away and the blocks are used up. */
  take(): number | null
  /** The highest handle this process may give. */
  readonly end: number
}

export interface HandleLeaseOptions {
  counter: Pick<HandleCounter, 'lease'>
  log: Pick<HandleLog, 'floor' | 'claim'>
  slot: number
  clock: Clock
  signal: AbortSignal
  onTrouble: (problem: string) => void
}

/**
 * Hands out handles (the integers that MUSH people see) without waiting, from blocks leased ahead. What is left of a
 * block when a process ends is never given. Resolves when the first block is there; waits for Redis until `signal`.
 *
 * No handle is ever given twice, though Redis, which counts them, may be wiped or set back at any moment: a block is
 * claimed in the log, and used only when no claim that lies before its own there reaches into it. Of two gateways that
 * were leased the same block, one finds the other's claim before its own, and throws the block away.
 */
export async function leaseHandles(options: HandleLeaseOptions): Promise<HandleLease> {
  const { counter, log, slot, clock, signal, onTrouble } = options
  const free: number[] = []
  let end = 0
  let refilling = false

  const leaseBlock = async (): Promise<void> => {
    for (let overlaps = 0; overlaps <= OVERLAPS_MAX; overlaps++) {
      signal.throwIfAborted()
      const last = await counter.lease(log.floor, HANDLE_BLOCK)
      const before = await withDeadline(log.claim(slot, last), CLAIM_WAIT_MS, 'claiming handles', clock)
      if (last - HANDLE_BLOCK < before) continue
      end = last
      for (let handle = last - HANDLE_BLOCK + 1; handle <= last; handle++) free.push(handle)
      return
    }
    throw new OperationalError('every block of handles was claimed by others', { code: 'HANDLES_CLAIMED' })
  }

  const refill = (): void => {
    if (refilling || signal.aborted) return
    refilling = true
    leaseBlock()
      .catch((error: unknown) => {
        onTrouble(messageOf(error))
        clock.setTimeout(refill, RETRY_MS)
      })
      .finally(() => {
        refilling = false
      })
  }

  for (;;) {
    signal.throwIfAborted()
    try {
      await leaseBlock()
      break
    } catch (error) {
      onTrouble(messageOf(error))
      await clock.sleep(RETRY_MS, signal)
    }
  }
  return {
    take() {
      const handle = free.shift()
      if (free.length < REFILL_BELOW) refill()
      return handle ?? null
    },
    get end() {
      return end
    },
  }
}
