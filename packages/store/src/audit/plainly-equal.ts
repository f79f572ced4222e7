import {
  GATEWAY_FIELDS,
  type GatewayFields,
  type SessionRecord,
  serverReading,
  textOf,
  versionOf,
} from '../contracts/index.ts'
import type { RedisCopy } from '../redis/redis-copies.ts'
import type { GatewayCopy } from '../replica/state-replica.ts'

/**
 * Whether a session's copies agree in everything, said without `classify`: nearly all do, and a sweep looks at thousands a
 * second. False says nothing; true is what `classify` would call in sync, or unknown.
 */
export function isPlainlyEqual(record: SessionRecord, copy: RedisCopy, connection: GatewayCopy | undefined): boolean {
  if (copy.version !== versionOf(record)) return false
  const { fields } = serverReading(record, 0)
  let held = 0
  for (const [name, text] of Object.entries(fields)) {
    if (textOf(copy.hash, name) !== text) return false
    if (text !== '') held++
  }
  // A field more in Redis than memory has.
  if (Object.keys(copy.hash).length !== held) return false
  if (!connection) return record.status === 'detached'
  if (connection.player !== record.player || connection.loginState !== record.loginState) return false
  return GATEWAY_FIELDS.every((name) => isSame(connection.fields[name], record[name]))
}

function isSame(one: GatewayFields[keyof GatewayFields], other: GatewayFields[keyof GatewayFields]): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return one.join() === other.join()
  return one === other
}
