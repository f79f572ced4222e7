import type { ControlBoard } from '@holdfast/store'
import type { ControlRecordOf } from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'
import type { Registry } from '../connections/registry.ts'
import type { Inbound } from './inbound.ts'
import type { OwnCopies } from './own-copies.ts'
import type { OwnFields } from './own-fields.ts'

export interface OrdersOptions {
  board: Pick<ControlBoard, 'on'>
  registry: Pick<Registry, 'get'>
  inbound: Pick<Inbound, 'introduce'>
  ownFields: Pick<OwnFields, 'mark' | 'retry'>
  copies: Pick<OwnCopies, 'changed' | 'publish'>
  incarnation: string
}

type Order = ControlRecordOf<'order'>

/**
 * Does what servers order about connections that this gateway holds. Each order may come twice, and does no harm then; one
 * about a connection that is not here (any more) is passed over: whoever ordered it learns of the end from the log.
 */
export function obeyOrders(options: OrdersOptions): { close(): void } {
  const { board, registry, inbound, ownFields, copies, incarnation } = options

  const refresh = (connection: Connection, above: number): void => {
    const { sid, fields } = connection
    fields.gatewayRevision = Math.max(fields.gatewayRevision, above) + 1
    // Not `changed`: that tells only what a client may change, and a hand may have changed any field.
    inbound.introduce(connection, false)
    ownFields.mark(sid, ['*'])
    copies.changed(sid)
  }

  const obey = (connection: Connection, { what, fields = {}, above = 0 }: Order): void => {
    switch (what) {
      case 'introduce':
        inbound.introduce(connection, false)
        return
      case 'refresh':
        refresh(connection, above)
        return
      case 'publish':
        copies.publish(connection.sid)
        return
      case 'retry':
        ownFields.retry([connection.sid])
        return
      case 'adopt':
        connection.revise(fields, above)
    }
  }

  const off = board.on('order', (order) => {
    if (order.gateway !== incarnation) return
    for (const sid of order.sids) {
      const connection = registry.get(sid)
      if (connection?.isEstablished && !connection.isClosed) obey(connection, order)
    }
  })
  return { close: off }
}
