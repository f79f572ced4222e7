import {
  type Copy,
  type CopyReading,
  classify,
  GRACE_MS,
  gatewayReading,
  type Observation,
  type PendingWrite,
  redisReading,
  type SessionRecord,
  serverReading,
  type Verdict,
} from '../contracts/index.ts'
import { AT } from './fixtures.ts'

export type Copies = Observation['copies']
type Reading = Extract<CopyReading, { kind: 'read' }>

export const UNREAD: CopyReading = { kind: 'unknown', reason: 'does not answer', observedAt: null }

/** The three copies of a session, all equal. */
export function readingsOf(record: SessionRecord): Record<Copy, Reading> {
  const server = serverReading(record, AT)
  const gateway = gatewayReading(
    {
      v: 1,
      kind: 'connection',
      at: AT,
      sid: record.sid,
      fields: record,
      player: record.player,
      loginState: record.loginState,
      pending: null,
    },
    AT,
  )
  const redis = redisReading(server.fields, undefined, AT)
  if (redis.kind !== 'read') throw new Error('a session has fields')
  return { gateway, server, redis }
}

/** Copies that agree but for one field: its values in gateway, server and Redis (`?`: unread, `-`: does not hold it). */
export function copiesOf(record: SessionRecord, field: string, values: string): Copies {
  const equal = readingsOf(record)
  const texts = values.split(' ')
  const of = (copy: Copy, text = ''): CopyReading => {
    if (text === '?') return UNREAD
    if (text === '-') return equal[copy]
    return { ...equal[copy], fields: { ...equal[copy].fields, [field]: text } }
  }
  return { gateway: of('gateway', texts[0]), server: of('server', texts[1]), redis: of('redis', texts[2]) }
}

/** What the second of two looks at the same copies says, `apartMs` later. */
export function lookTwice(copies: Copies, pending: readonly PendingWrite[] = [], apartMs = GRACE_MS): Verdict {
  const first = classify({ copies, pending, before: new Map(), now: AT })
  return classify({ copies, pending, before: first.differences, now: AT + apartMs })
}
