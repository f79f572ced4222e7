import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classify, type SessionRecord } from '../contracts/index.ts'
import { sessionArbitrary } from '../testing/arbitraries.ts'
import { type Copies, readingsOf } from '../testing/copies.ts'
import { AT } from '../testing/fixtures.ts'
import { isPlainlyEqual } from './plainly-equal.ts'

test('is true for copies that classify calls in sync, and for no others', () => {
  const edits: ((hash: Record<string, string>) => unknown)[] = [
    () => undefined,
    (hash) => Object.assign(hash, { room: 'elsewhere' }),
    (hash) => Object.assign(hash, { added: 'x' }),
    (hash) => delete hash.handle,
  ]
  fc.assert(
    fc.property(sessionArbitrary, sessionArbitrary, fc.nat(3), fc.boolean(), (session, other, edit, isSkewed) => {
      const record: SessionRecord = { ...session, serverRevision: session.serverRevision + 1 }
      const { server, gateway } = readingsOf(record)
      const hash = Object.fromEntries(Object.entries(server.fields).filter(([, text]) => text !== ''))
      edits[edit]?.(hash)
      const fields = isSkewed ? { ...record, host: other.host } : record
      const { sid, player, loginState } = record
      const connection = { v: 1, kind: 'connection', at: AT, sid, fields, player, loginState, pending: null } as const
      const version = `${record.connectionEpoch}.${record.gatewayRevision}.${record.serverRevision}`
      const isEqual = isPlainlyEqual(record, { hash, version }, connection)
      const copies: Copies = {
        server,
        gateway: isSkewed ? { ...gateway, fields: { ...gateway.fields, host: other.host } } : gateway,
        redis: { kind: 'read', fields: hash, observedAt: AT },
      }
      const { state } = classify({ copies, pending: [], before: new Map(), now: AT })
      expect(isEqual).toBe(state === 'in-sync')
    }),
  )
})
