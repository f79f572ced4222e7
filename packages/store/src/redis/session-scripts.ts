import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { type GatewayFields, type Partition, partitionOf, type Sid, toHash } from '../contracts/index.ts'
import { keys } from './keys.ts'

type ScriptArguments = (string | number)[]

declare module 'ioredis' {
  interface RedisCommander<Context> {
    holdfastAcquire(...args: ScriptArguments): Result<unknown, Context>
    holdfastRegister(...args: ScriptArguments): Result<unknown, Context>
    holdfastGatewaySet(...args: ScriptArguments): Result<unknown, Context>
    holdfastDetach(...args: ScriptArguments): Result<unknown, Context>
    holdfastFlush(numberOfKeys: number, ...args: ScriptArguments): Result<unknown, Context>
    holdfastLease(...args: ScriptArguments): Result<unknown, Context>
  }
}

const readScript = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8')

/** What the store answered to `acquire`. `offset` null: no flush has said where to replay from. */
export interface Acquired {
  epoch: number
  offset: number | null
  flushSequence: number
  previousOwner: string | null
}

/** One session of a flush. `server` and `gateway`: hash fields, `''` deletes. */
export interface FlushItem {
  /** `rewrite`: as `update`, and the gateway fields of a record that is still as it was `seen`. */
  operation: 'update' | 'create' | 'close' | 'rewrite'
  sid: Sid
  connectionEpoch: number
  serverRevision: number
  server: Readonly<Record<string, string>>
  gateway: Readonly<Record<string, string>>
  /** Of `rewrite` only. */
  seen?: string
}

/** What the gateway fields of a record hang on, as a reader saw them: a `rewrite` finds them so, or leaves them. */
export const seenConnection = (hash: Readonly<Record<string, string>>): string =>
  [hash.connectionEpoch, hash.gatewayRevision, hash.status, hash.gateway].map((text) => text ?? '').join('.')

export interface Flush {
  partition: Partition
  epoch: number
  owner: string
  /** Where a replay would begin: all before it is in these values or stored already. -1 leaves the stored one. */
  offset: number
  /** The log was replaced by a shorter one: the stored offset means nothing any more, and may fall. */
  isLogReplaced?: boolean
  flushSequence: number
  /** The last flush this owner saw acknowledged: the store says so if it has lost it. */
  acknowledged: number
  /** Epoch ms: the time of the tombstones. */
  now: number
  items: readonly FlushItem[]
}

export type FlushItemOutcome = 'stored' | 'gone' | 'dead' | 'newer-connection' | 'not-as-seen'
export type FlushOutcome =
  | { kind: 'stored'; items: readonly FlushItemOutcome[] }
  | { kind: 'fenced' }
  | { kind: 'rolled-back'; flushSequence: number }
  | { kind: 'repeated' }

const acquireAnswer = z.tuple([z.string(), z.string(), z.string(), z.string()])
const flushAnswer = z.tuple([z.enum(['stored', 'fenced', 'rolled-back', 'repeated'])]).rest(z.string())
const OPERATION = { update: 'U', create: 'C', close: 'D', rewrite: 'W' } as const
const ITEM_OUTCOME: Record<string, FlushItemOutcome> = {
  S: 'stored',
  G: 'gone',
  T: 'dead',
  E: 'newer-connection',
  N: 'not-as-seen',
}

export type SessionScripts = ReturnType<typeof createSessionScripts>

/**
 * The atomic steps on a partition's keys. Each is idempotent and touches one slot; each may fail ambiguously (a
 * time-out says nothing about what Redis did) and be called again. Errors are ioredis's own.
 */
export function createSessionScripts(redis: Redis) {
  redis.defineCommand('holdfastAcquire', { numberOfKeys: 1, lua: readScript('acquire') })
  redis.defineCommand('holdfastRegister', { numberOfKeys: 3, lua: readScript('register') })
  redis.defineCommand('holdfastGatewaySet', { numberOfKeys: 2, lua: readScript('gateway-set') })
  redis.defineCommand('holdfastDetach', { numberOfKeys: 2, lua: readScript('detach') })
  redis.defineCommand('holdfastFlush', { lua: readScript('flush') })
  redis.defineCommand('holdfastLease', { numberOfKeys: 1, lua: readScript('lease') })

  return {
    async acquire(partition: Partition, owner: string, minEpoch: number): Promise<Acquired> {
      const answer = acquireAnswer.parse(await redis.holdfastAcquire(keys.owner(partition), owner, minEpoch))
      const [epoch, offset, flushSequence, previousOwner] = answer
      return {
        epoch: Number(epoch),
        offset: offset === '' ? null : Number(offset),
        flushSequence: Number(flushSequence),
        previousOwner: previousOwner === '' ? null : previousOwner,
      }
    },

    async register(sid: Sid, fields: GatewayFields): Promise<'stored' | 'dead' | 'taken'> {
      const partition = partitionOf(sid)
      const answer = await redis.holdfastRegister(
        keys.versions(partition),
        keys.dead(partition),
        keys.session(sid),
        sid,
        fields.gateway,
        ...Object.entries(toHash(fields)).flat(),
      )
      return z.enum(['stored', 'dead', 'taken']).parse(answer)
    },

    async gatewaySet(sid: Sid, held: HeldConnection, fields: Partial<GatewayFields>): Promise<GatewaySetOutcome> {
      const answer = await redis.holdfastGatewaySet(
        keys.versions(partitionOf(sid)),
        keys.session(sid),
        sid,
        held.gateway,
        held.connectionEpoch,
        held.gatewayRevision,
        ...Object.entries(toHash(fields)).flat(),
      )
      return z.enum(['stored', 'gone', 'fenced', 'stale']).parse(answer)
    },

    async detach(
      sid: Sid,
      connectionEpoch: number,
      reason: string,
      until: number,
    ): Promise<'stored' | 'gone' | 'fenced'> {
      const answer = await redis.holdfastDetach(
        keys.versions(partitionOf(sid)),
        keys.session(sid),
        sid,
        connectionEpoch,
        reason,
        until,
      )
      return z.enum(['stored', 'gone', 'fenced']).parse(answer)
    },

    async flush(flush: Flush): Promise<FlushOutcome> {
      const { partition, items } = flush
      const scriptKeys = [keys.owner(partition), keys.versions(partition), keys.dead(partition)]
      for (const item of items) scriptKeys.push(keys.session(item.sid))
      const answer = await redis.holdfastFlush(scriptKeys.length, ...scriptKeys, ...flushArguments(flush))
      const [kind, detail = ''] = flushAnswer.parse(answer)
      if (kind === 'fenced' || kind === 'repeated') return { kind }
      if (kind === 'rolled-back') return { kind, flushSequence: Number(detail) }
      return { kind, items: [...detail].map((code) => ITEM_OUTCOME[code] ?? 'gone') }
    },

    /** Takes or renews a slot; answers with the incarnation that holds it now (null: none, after `drop`). */
    async lease(slot: number, incarnation: string, ttlMs: number, mode: 'keep' | 'drop'): Promise<string | null> {
      const holder = z.string().parse(await redis.holdfastLease(keys.gatewayLease(slot), incarnation, ttlMs, mode))
      return holder === '' ? null : holder
    },
  }
}

/** The connection a gateway speaks for. */
export interface HeldConnection {
  gateway: string
  connectionEpoch: number
  gatewayRevision: number
}

export type GatewaySetOutcome = 'stored' | 'gone' | 'fenced' | 'stale'

function flushArguments(flush: Flush): ScriptArguments {
  const { epoch, owner, offset, isLogReplaced = false, flushSequence, acknowledged, now } = flush
  const args: ScriptArguments = [epoch, owner, offset, flushSequence, acknowledged, now, isLogReplaced ? '1' : '0']
  for (const { operation, sid, connectionEpoch, serverRevision, server, gateway, seen } of flush.items) {
    const serverFields = Object.entries(server)
    const gatewayFields = Object.entries(gateway)
    args.push(OPERATION[operation], sid, connectionEpoch, serverRevision, serverFields.length, gatewayFields.length)
    if (operation === 'rewrite') args.push(seen ?? '')
    for (const [field, value] of serverFields) args.push(field, value)
    for (const [field, value] of gatewayFields) args.push(field, value)
  }
  return args
}
