import { type Clock, type Logger, messageOf, withDeadline } from '@holdfast/runtime'
import { type Batcher, type Breaker, encode, type Seal, type SessionScripts, TOPICS } from '@holdfast/store'
import {
  type ChangeableFields,
  type CloseReason,
  changeableFieldsSchema,
  partitionOf,
  type SessionEvent,
  type SessionEventOf,
} from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'
import type { Limits } from '../connections/limits.ts'
import type { OwnFields } from './own-fields.ts'

type Own<T extends SessionEvent['type']> = Omit<
  SessionEventOf<T>,
  'v' | 'id' | 'at' | 'sid' | 'connectionEpoch' | 'from' | 'type'
>

export interface Inbound {
  /** Seats a new connection: Redis (waits at most registerWaitMs), then the event. Input may follow once it resolves. */
  establish(connection: Connection): Promise<void>
  /** Tells the log of the connection, with its present fields: for the first time, or again. */
  introduce(connection: Connection, stored: boolean): void
  input(connection: Connection, inputSequence: number, line: string): void
  /** Whether Kafka has all that was given to it so far, and will not lose it; false where the gateway stops before it knows. */
  whenTaken(): Promise<boolean>
  /** The gateway's own fields have changed; Redis follows behind. */
  changed(connection: Connection, fields: Partial<ChangeableFields>): void
  closed(connection: Connection, reason: CloseReason): void
}

export interface InboundOptions {
  batcher: Pick<Batcher, 'send' | 'position' | 'acknowledged'>
  scripts: Pick<SessionScripts, 'register' | 'detach'>
  breaker: Breaker
  ownFields: Pick<OwnFields, 'mark'>
  seal: Seal
  clock: Clock
  limits: Limits
  logger: Logger
  incarnation: string
}

/**
 * The way from clients to the log. Each record is kept by the batcher until Kafka has it; lifecycle and input of a
 * session share a partition and the batcher's order, so that established < input < closed holds.
 */
export function createInbound(options: InboundOptions): Inbound {
  const { batcher, scripts, breaker, ownFields, seal, clock, limits, logger, incarnation } = options

  const send = <T extends SessionEvent['type']>(connection: Connection, type: T, id: string, own: Own<T>): void => {
    const { sid, fields } = connection
    const event = {
      v: 1,
      id,
      type,
      at: clock.now(),
      sid,
      connectionEpoch: fields.connectionEpoch,
      from: incarnation,
      ...own,
    }
    batcher.send({ topic: TOPICS.session, partition: partitionOf(sid), key: sid, value: encode(event) })
  }

  const register = async ({ sid, fields }: Connection): Promise<boolean> => {
    if (!breaker.allow()) return false
    try {
      const outcome = await withDeadline(scripts.register(sid, fields), limits.registerWaitMs, 'register', clock)
      breaker.succeeded()
      return outcome === 'stored'
    } catch (error) {
      breaker.failed()
      logger.debug({ sid, error: messageOf(error) }, 'Redis did not take the connection; its owner will')
      return false
    }
  }

  const introduce = (connection: Connection, stored: boolean): void => {
    const { sid, fields } = connection
    const id = `${sid}:e${fields.connectionEpoch}.${fields.gatewayRevision}`
    send(connection, 'connection.established', id, { stored, fields: { ...fields } })
  }

  return {
    async establish(connection) {
      const stored = await register(connection)
      if (connection.isClosed) return // its close is in the log already, and buries it
      connection.established()
      introduce(connection, stored)
      if (!stored) ownFields.mark(connection.sid, ['*'])
    },
    introduce,
    input(connection, inputSequence, line) {
      const { sid } = connection
      send(connection, 'input', `${sid}:i${inputSequence}`, { inputSequence, sealed: seal.seal(line, 'input', sid) })
    },
    async whenTaken() {
      try {
        await batcher.acknowledged(batcher.position())
        return true
      } catch (error) {
        logger.debug({ error: messageOf(error) }, 'stopped before Kafka had every line')
        return false
      }
    },
    changed(connection, fields) {
      const { sid } = connection
      const { gatewayRevision, connectionEpoch } = connection.fields
      send(connection, 'connection.changed', `${sid}:c${connectionEpoch}.${gatewayRevision}`, {
        gatewayRevision,
        fields,
      })
      ownFields.mark(sid, namesOf(fields))
    },
    closed(connection, reason) {
      // Its session is not this connection's any more, or not for long: owners have detached it, or will as this gateway
      // leaves, and it waits for its player.
      if (reason === 'lease-lost') return
      const { sid, fields } = connection
      const { connectionEpoch, gatewayRevision } = fields
      const detach = { connectionEpoch, gatewayRevision: gatewayRevision + 1, reason, until: clock.now() }
      scripts.detach(sid, detach).catch((error: unknown) => {
        // The owner deletes the record when it reads the event: this was only the sooner word.
        logger.debug({ sid, error: messageOf(error) }, 'Redis did not take a close')
      })
      send(connection, 'connection.closed', `${sid}:x${connectionEpoch}`, { reason })
    },
  }
}

const CHANGEABLE: readonly (keyof ChangeableFields)[] = changeableFieldsSchema.keyof().options
const namesOf = (fields: Partial<ChangeableFields>) => CHANGEABLE.filter((name) => name in fields)
