import { createSid, freshServerFields, type GatewayFields, type SessionRecord } from '@holdfast/store/contracts'
import { ulid } from 'ulid'

export const GATEWAY = 'gateway-0123456789ab'

/** What a gateway knows of a telnet client of today. */
export const gatewayFieldsOf = (handle: number): GatewayFields => ({
  handle,
  status: 'connected',
  gateway: GATEWAY,
  slot: 0,
  connectionEpoch: 1,
  gatewayRevision: 1,
  ip: '198.51.100.27',
  host: 'host-27.example.net',
  transport: 'telnet',
  client: 'MUDLET',
  width: 120,
  height: 40,
  capabilities: ['eor', 'naws', 'ttype', 'utf-8'],
  connectedAt: Date.now(),
  detachedUntil: null,
  closeReason: null,
  tokenHash: null,
  attachId: null,
})

/** Sessions of players at play, with sids of their own, so spread over the partitions as any are. */
export function newSessions(count: number): SessionRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    sid: createSid(ulid()),
    ...gatewayFieldsOf(index + 1),
    ...freshServerFields(),
    player: `#${index + 10}`,
    playerName: `Player${index}`,
    loginState: 'loggedIn' as const,
    boundBy: 1,
    room: '#0',
    lastConnectionSignal: Date.now(),
    commandCount: 12,
    inputSequence: 12,
    meta: { doing: 'mending nets', colour: 'on' },
  }))
}
