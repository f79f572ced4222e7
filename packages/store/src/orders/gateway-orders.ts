import type { Clock } from '@holdfast/runtime'
import { type ControlBoard, SILENT_MS } from '../control/control-board.ts'
import type { GatewayOrders } from './order-parts.ts'

/**
 * Orders to gateways over the control board. They share the process's batcher with everything else that a record causes, so
 * Kafka has them before the record counts as done; a replay orders again, and a gateway does each as often as it is told.
 */
export function createGatewayOrders(
  board: Pick<ControlBoard, 'isAlive' | 'echoMs' | 'send'>,
  { clock, incarnation }: { clock: Clock; incarnation: string },
): GatewayOrders {
  return {
    isAlive: (gateway) => board.isAlive(gateway),
    get canTell() {
      return board.echoMs < SILENT_MS
    },
    order(gateway, what, sid, more = {}) {
      board.send({ v: 1, kind: 'order', at: clock.now(), from: incarnation, gateway, what, sids: [sid], ...more })
    },
  }
}
