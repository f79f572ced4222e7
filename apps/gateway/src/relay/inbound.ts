import { type Clock, type Logger, messageOf, withDeadline } from '@holdfast/runtime'
import { type Batcher, encode, type Seal, type SessionScripts, TOPICS } from '@holdfast/store'
import {
  type CloseReason,
  type GatewayFields,
  partitionOf,
  type SessionEvent,
  type SessionEventOf,
  type Sid,
} from '@holdfast/store/contracts'
import type { Connection } from '../connections/connection.ts'
import type { Limits } from '../connections/limits.ts'

type Own<T extends SessionEvent['type']> = Omit<
  SessionEventOf<T>,
  'v' | 'id' | 'at' | 'sid' | 'connectionEpoch' | 'from' | 'type'
>

export interface Inbound {
  /** Seats a new connection: Redis (waits at most registerWaitMs), then the event. Input may follow once it resolves. */
  establish(connection: Connection): Promise<void>
  input(connection: Connection, inputSequence: number, line: string): void
  /** The gateway's own fields have changed (all that can change, at once); Redis follows behind. */
  changed(connection: Connection, fields: Partial<GatewayFields>): void
  closed(connection: Connection, reason: CloseReason): void
}

export interface InboundOptions {
  batcher: Pick<Batcher, 'send'>
  scripts: Pick<SessionScripts, 'register' | 'gatewaySet' | 'detach'>
  seal: Seal
  clock: Clock
  limits: Limits
  logger: Logger
  incarnation: string
  /** Redis did not take the gateway's own fields: it did not answer, or has no record of the session yet. */
  onUnstored: (sid: Sid, fields: Partial<GatewayFields>) => void
}

/**
 * The way from clients to the log. Each record is kept by the batcher until Kafka has it; lifecycle and input of a
 * session share a partition and the batcher's order, so that established < input < closed holds.
 */
export function createInbound(options: InboundOptions): Inbound {
  const { batcher, scripts, seal, clock, limits, logger, incarnation, onUnstored } = options

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
    try {
      const outcome = await withDeadline(scripts.register(sid, fields), limits.registerWaitMs, 'register', clock)
      return outcome === 'stored'
    } catch (error) {
      logger.debug({ sid, error: messageOf(error) }, 'Redis did not take the connection; its owner will')
      return false
    }
  }

  return {
    async establish(connection) {
      const stored = await register(connection)
      if (connection.isClosed) return // its close is in the log already, and buries it
      const { sid, fields } = connection
      send(connection, 'connection.established', `${sid}:e${fields.connectionEpoch}`, { stored, fields: { ...fields } })
    },
    input(connection, inputSequence, line) {
      const { sid } = connection
      send(connection, 'input', `${sid}:i${inputSequence}`, { inputSequence, sealed: seal.seal(line, 'input', sid) })
    },
    changed(connection, fields) {
      const { sid } = connection
      const { gatewayRevision, connectionEpoch, gateway } = connection.fields
      send(connection, 'connection.changed', `${sid}:c${connectionEpoch}.${gatewayRevision}`, {
        gatewayRevision,
        fields,
      })
      const held = { gateway, connectionEpoch, gatewayRevision }
      scripts.gatewaySet(sid, held, fields).then(
        (outcome) => {
          // Its owner will create it, maybe with the fields as they were before this change.
          if (outcome === 'gone') onUnstored(sid, fields)
        },
        (error: unknown) => {
          logger.debug({ sid, error: messageOf(error) }, 'Redis did not take a change of a connection yet')
          onUnstored(sid, fields)
        },
      )
    },
    closed(connection, reason) {
      const { sid, fields } = connection
      scripts.detach(sid, fields.connectionEpoch, reason, clock.now()).catch((error: unknown) => {
        // The owner deletes the record when it reads the event: this was only the sooner word.
        logger.debug({ sid, error: messageOf(error) }, 'Redis did not take a close')
      })
      send(connection, 'connection.closed', `${sid}:x${fields.connectionEpoch}`, { reason })
    },
  }
}
