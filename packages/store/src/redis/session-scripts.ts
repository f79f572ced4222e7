import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import {
  type CloseReason,
  type GatewayFields,
  type Partition,
  partitionOf,
  type Sid,
  toHash,
} from '../contracts/index.ts'
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
  /** That of the previous owner; null for none. The same as `epoch` where the owner is still the same. */
  previousEpoch: number | null
}

/** One session of a flush. `server` and `gateway`: hash fields, `''` deletes. */
export interface FlushItem {
  /** `rewrite`: as `update`, and the gateway fields of a record that is still as it was `seen`. */
  operation: 'update' | 'create' | 'close' | 'rewrite'
  sid: Sid
  connectionEpoch: number
  /** Of the gateway fields that are given. */
  gatewayRevision: number
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

const acquireAnswer = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()])
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
  redis.defineCommand('holdfastAcquire', { numberOfKeys: 3, lua: readScript('acquire') })
  redis.defineCommand('holdfastRegister', { numberOfKeys: 3, lua: readScript('register') })
  redis.defineCommand('holdfastGatewaySet', { numberOfKeys: 2, lua: readScript('gateway-set') })
  redis.defineCommand('holdfastDetach', { numberOfKeys: 2, lua: readScript('detach') })
  redis.defineCommand('holdfastFlush', { lua: readScript('flush') })
  redis.defineCommand('holdfastLease', { numberOfKeys: 1, lua: readScript('lease') })

  return {
    async acquire(partition: Partition, owner: string, minEpoch: number): Promise<Acquired> {
      const scriptKeys = [keys.owner(partition), keys.versions(partition), keys.dead(partition)]
      const answer = acquireAnswer.parse(await redis.holdfastAcquire(...scriptKeys, owner, minEpoch))
      const [epoch, offset, flushSequence, previousOwner, previousEpoch] = answer
      return {
        epoch: Number(epoch),
        // What a hand has broken says nothing, as if it were not there.
        offset: isCount(offset) ? Number(offset) : null,
        flushSequence: isCount(flushSequence) ? Number(flushSequence) : 0,
        previousOwner: previousOwner === '' ? null : previousOwner,
        previousEpoch: isCount(previousEpoch) ? Number(previousEpoch) : null,
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

    async detach(sid: Sid, detach: Detach): Promise<'stored' | 'gone' | 'fenced'> {
      const { connectionEpoch, gatewayRevision, reason, until } = detach
      const answer = await redis.holdfastDetach(
        keys.versions(partitionOf(sid)),
        keys.session(sid),
        sid,
        connectionEpoch,
        reason,
        until,
        gatewayRevision,
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

const isCount = (text: string): boolean => /^\d{1,15}$/.test(text)

/** How a session loses its socket. */
export interface Detach {
  connectionEpoch: number
  /** The record has this revision then, or a higher one where Redis knew of more changes. */
  gatewayRevision: number
  reason: CloseReason
  /** Epoch ms. */
  until: number
}

/** The connection a gateway speaks for. */
export interface HeldConnection {
  gateway: string
  connectionEpoch: number
  gatewayRevision: number
}

export type GatewaySetOutcome = 'stored' | 'gone' | 'fenced' | 'stale'

function flushArguments(flush: Flush): ScriptArguments {
  const { epoch, owner, offset, isLogReplaced = false, flushSequence, acknowledged, now, items } = flush
  const fence = [epoch, owner, offset, flushSequence, acknowledged, now, isLogReplaced ? '1' : '0']
  const list: (string | number)[] = []
  for (const item of items) append(list, item)
  return [...fence, jsonOf(list)]
}

/** One argument for all sessions, flat: Redis spends more on each argument, and on each array within, than on a value. */
function append(list: (string | number)[], item: FlushItem): void {
  const { operation, connectionEpoch, gatewayRevision, serverRevision, server, gateway, seen } = item
  if (operation === 'close') {
    list.push(OPERATION[operation], String(connectionEpoch))
    return
  }
  const [sets, deletes] = countsOf(server)
  list.push(OPERATION[operation], String(serverRevision), sets, deletes)
  if (operation === 'update') {
    appendFields(list, server, deletes)
    return
  }
  const [gatewaySets, gatewayDeletes] = countsOf(gateway)
  list.push(String(connectionEpoch), String(gatewayRevision), gatewaySets, gatewayDeletes, seen ?? '')
  appendFields(list, server, deletes)
  appendFields(list, gateway, gatewayDeletes)
}

type Fields = Readonly<Record<string, string>>

/** How many fields are set, and how many deleted. */
function countsOf(fields: Fields): [number, number] {
  let sets = 0
  let deletes = 0
  for (const field in fields) {
    if (fields[field] === '') deletes++
    else sets++
  }
  return [sets, deletes]
}

/** Fields with their values, then the fields to delete. */
function appendFields(list: (string | number)[], fields: Fields, deletes: number): void {
  for (const field in fields) {
    const value = fields[field] ?? ''
    if (value !== '') list.push(field, value)
  }
  if (deletes === 0) return
  for (const field in fields) if (fields[field] === '') list.push(field)
}

/** JSON that Redis's reader takes: it knows no lone surrogates, which are no text and are stored as U+FFFD. */
function jsonOf(value: readonly (string | number)[]): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each))
}
