import {
  type Copy,
  type CopyReading,
  type PendingWrite,
  pendingWrites,
  redisReading,
  type WaitingWrite,
} from '../contracts/index.ts'
import type { MemoryCopy, SessionCopies, SessionEnd } from './session-copies.ts'
import { isRead, type SourceLook, type Standing } from './source-look.ts'
import { textIn } from './texts.ts'

/** A process's waiting write of a session, and on which side it waits. */
export interface SideWrite {
  side: 'gateway' | 'server'
  process: string
  write: WaitingWrite
}

/** What is known of each copy at one look, and what of it is on its way to Redis. Times are monotonic. */
export interface Readings {
  copies: Readonly<Record<Copy, CopyReading>>
  writes: readonly SideWrite[]
}

/**
 * A copy counts as read only while its source can be trusted; it is then known to hold as of the source's last word, never later.
 * Else it is unknown, with the reason and the last value: nothing is called missing or drifted because somebody is silent.
 */
export function readingsOf(session: SessionCopies, look: SourceLook): Readings {
  const owner = look.owner(session.partition)
  const { server, gateway } = session
  const writes: SideWrite[] = []
  // What waited in a former owner's memory is gone with it; its successor publishes what waits in its own.
  if (server?.pending && server.process === owner.id)
    writes.push({ side: 'server', process: server.process, write: server.pending })
  if (gateway?.pending) writes.push({ side: 'gateway', process: gateway.process, write: gateway.pending })
  return {
    copies: {
      gateway: readGateway(session, look),
      server: readServer(session, look),
      redis: readRedis(session, look),
    },
    writes,
  }
}

/** As the judgement wants it: what a process that was not heard said last will not be written. */
export function pendingOf({ copies, writes }: Readings): PendingWrite[] {
  const { gateway, server } = copies
  const on = (side: SideWrite['side']): WaitingWrite | null => writes.find((each) => each.side === side)?.write ?? null
  return pendingWrites({
    server:
      server.kind === 'read'
        ? { pending: on('server'), record: { waitingFor: textIn(server.fields, 'waitingFor') } }
        : null,
    gateway: gateway.kind === 'read' ? on('gateway') : null,
  })
}

/**
 * The session's end, once its gateway has let go of it too: until then its player is still connected, whatever its owner has
 * done. A gateway that is not heard cannot say, and is not waited for.
 */
export function closedOf({ ended, gateway }: SessionCopies, look: SourceLook): SessionEnd | null {
  return gateway && isRead(look.memoryOf(gateway.process)) ? null : ended
}

function readServer({ server, partition, ended }: SessionCopies, look: SourceLook): CopyReading {
  const owner = look.owner(partition)
  if (server) return readMemory(server, owner)
  if (ended) return absent(look.log) // what ended never comes back
  // An owner that has not applied what is in the log may merely not have heard of the session.
  const applied = owner.id === null ? owner : look.appliedBy(owner.id)
  const least = [owner, applied].find((each) => !isRead(each)) ?? applied
  if (!isRead(least) || owner.asOf === null || applied.asOf === null) return unknown(least)
  return { kind: 'absent', observedAt: Math.min(owner.asOf, applied.asOf) }
}

function readGateway(session: SessionCopies, look: SourceLook): CopyReading {
  const { gateway, server, redis, ended, isGatewayOver } = session
  // Silent is not gone: a gateway that is only frozen still has what was taken from it, and nobody can read there.
  if (gateway) return readMemory(gateway, look.memoryOf(gateway.process))
  // Its own word, or its session's end, needs no other witness than the log.
  if (isGatewayOver || ended) return absent(look.log)
  const witness = server?.fields ?? redis?.hash
  if (textIn(witness, 'status') === 'detached') return absent(look.log)
  const named = textIn(witness, 'gateway')
  return absent(named === undefined ? look.log : look.memoryOf(named))
}

function readRedis({ redis }: SessionCopies, { redis: standing }: SourceLook): CopyReading {
  if (!redis) return { kind: 'unknown', reason: isRead(standing) ? 'not read yet' : standing.reason, observedAt: null }
  const reading = redisReading(redis.hash, redis.version, redis.readAt)
  if (isRead(standing)) return reading
  const last = reading.kind === 'read' ? { last: reading.fields } : {}
  return { kind: 'unknown', reason: standing.reason, observedAt: redis.readAt, ...last }
}

const readMemory = ({ fields }: MemoryCopy, standing: Standing): CopyReading =>
  isRead(standing) && standing.asOf !== null
    ? { kind: 'read', fields, observedAt: standing.asOf }
    : { ...unknown(standing), last: fields }

const absent = (standing: Standing): CopyReading =>
  isRead(standing) && standing.asOf !== null ? { kind: 'absent', observedAt: standing.asOf } : unknown(standing)

const unknown = ({ reason, asOf }: Standing): Extract<CopyReading, { kind: 'unknown' }> => ({
  kind: 'unknown',
  reason,
  observedAt: asOf,
})
