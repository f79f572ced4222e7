import type { Clock, Lifecycle } from '@holdfast/runtime'
import {
  type ControlBoard,
  createHandleCounter,
  type HandleLease,
  holdSlot,
  leaseHandles,
  openHandleLog,
  type SessionScripts,
} from '@holdfast/store'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { Links } from './links.ts'

/** Where this gateway sits among the others: its slot, and the handles it may give. */
export interface Place {
  slot: number
  handles: HandleLease
}

export interface PlaceOptions {
  links: Links
  scripts: SessionScripts
  lifecycle: Lifecycle
  clock: Clock
  incarnation: string
  seen: Pick<GatewayMetrics, 'trouble'>
  /** Another gateway holds the slot: nothing may be said from here any more. */
  onSlotLost: () => void
}

/** Takes a place; resolves when there is one. Waits for Redis until the process is to stop. */
export async function takePlace(options: PlaceOptions): Promise<Place> {
  const { links, scripts, lifecycle, clock, incarnation, seen, onSlotLost } = options
  const { redis, kafka, batcher, board } = links
  const { signal } = lifecycle
  const onTrouble = (problem: string): void => seen.trouble('redis', problem)
  const { slot } = await lifecycle.acquire(
    'slot',
    () => {
      const isHeard = (wanted: number): boolean => isHeldByAnother(board, wanted, incarnation)
      return holdSlot({ scripts, clock, incarnation, signal, isHeard, onTrouble, onLost: onSlotLost })
    },
    (part) => part.release(),
  )
  const log = await lifecycle.acquire(
    'handle log',
    () =>
      openHandleLog({
        kafka,
        batcher,
        clock,
        incarnation,
        onReopened: (problem) => seen.trouble('kafka', problem),
      }),
    (part) => part.close(),
  )
  const handles = await leaseHandles({ counter: createHandleCounter(redis), log, slot, clock, signal, onTrouble })
  return { slot, handles }
}

/** Whether another gateway that is alive says that it sits there. */
export function isHeldByAnother(board: Pick<ControlBoard, 'heard' | 'isAlive'>, slot: number, self: string): boolean {
  for (const { beat } of board.heard()) {
    const isThere = beat.role === 'gateway' && beat.slot === slot && beat.process !== self
    if (isThere && board.isAlive(beat.process)) return true
  }
  return false
}
