import { describe, expect, test } from 'vitest'
import { type Copies, copiesOf, lookTwice, readingsOf, UNREAD } from '../testing/copies.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { classify, GRACE_MS, INDEX_FIELD, type PendingWrite, type State, type Verdict } from './index.ts'

const session = sessionOf(sidOf(1), {
  player: '#5',
  loginState: 'loggedIn',
  room: '#0',
  width: 80,
  connectionEpoch: 2,
  gatewayRevision: 3,
  serverRevision: 9,
  commandCount: 4,
  meta: { color: 'red' },
})
const detached = { ...session, status: 'detached' as const, detachedUntil: AT + 1_000, closeReason: 'client' as const }
const NONE: PendingWrite[] = []
const ALL_OF_SERVER: PendingWrite[] = [{ side: 'server', fields: ['*'] }]
const ALL_OF_GATEWAY: PendingWrite[] = [{ side: 'gateway', fields: ['*'] }]
const ONE_OF_SERVER: PendingWrite[] = [{ side: 'server', fields: ['waitingFor'] }]

const KINDS = ['read', 'absent', 'unknown'] as const
type Kind = (typeof KINDS)[number]

function copiesByKind(record: typeof session, [gateway, server, redis]: readonly [Kind, Kind, Kind]): Copies {
  const read = readingsOf(record)
  const of = (copy: keyof Copies, kind: Kind) =>
    kind === 'read' ? read[copy] : kind === 'absent' ? ({ kind, observedAt: AT } as const) : UNREAD
  return { gateway: of('gateway', gateway), server: of('server', server), redis: of('redis', redis) }
}

const said = ({ state, missingIn }: Verdict): string => [state, ...missingIn].join(' ')

/** Gateway, server, Redis -> what two looks beyond the grace say, with nothing pending. All 27, the values being equal. */
const CONNECTED: Record<string, string> = {
  'read read read': 'in-sync',
  'absent read read': 'missing gateway',
  'unknown read read': 'unknown',
  'read read absent': 'missing redis',
  'absent read absent': 'missing gateway redis',
  'unknown read absent': 'missing redis',
  'read read unknown': 'unknown',
  'absent read unknown': 'missing gateway',
  'unknown read unknown': 'unknown',
  'read absent read': 'ghost server',
  'absent absent read': 'ghost gateway server',
  'unknown absent read': 'ghost server',
  'read absent absent': 'ghost server redis',
  'absent absent absent': 'in-sync',
  'unknown absent absent': 'unknown',
  'read absent unknown': 'ghost server',
  'absent absent unknown': 'unknown',
  'unknown absent unknown': 'unknown',
  'read unknown read': 'unknown',
  'absent unknown read': 'unknown',
  'unknown unknown read': 'unknown',
  'read unknown absent': 'unknown',
  'absent unknown absent': 'unknown',
  'unknown unknown absent': 'unknown',
  'read unknown unknown': 'unknown',
  'absent unknown unknown': 'unknown',
  'unknown unknown unknown': 'unknown',
}
/** What differs once the session is detached: nobody needs to hold its socket. */
const DETACHED: Record<string, string> = {
  ...CONNECTED,
  'absent read read': 'in-sync',
  'unknown read read': 'in-sync',
  'absent read absent': 'missing redis',
  'absent read unknown': 'unknown',
}

const states = KINDS.flatMap((gateway) =>
  KINDS.flatMap((server) => KINDS.map((redis): [Kind, Kind, Kind] => [gateway, server, redis])),
)

describe('the existence of a session, by what was read of each copy', () => {
  for (const kinds of states) {
    const name = kinds.join(' ')
    for (const [record, table] of [
      [session, CONNECTED],
      [detached, DETACHED],
    ] as const) {
      const copies = copiesByKind(record, kinds)
      const expected = table[name] ?? 'not in the table'
      const isWrong = expected.startsWith('missing') || expected.startsWith('ghost')

      test(`${record.status}, ${name}: ${expected}`, () => {
        const verdict = lookTwice(copies, NONE, GRACE_MS)
        expect(said(verdict)).toBe(expected)
        expect(verdict.cause).toBe(isWrong ? expected.split(' ')[0] : null)
        expect(verdict.since).toBe(isWrong ? AT : null)
      })
      test(`${record.status}, ${name}: settles within the grace and at the first look`, () => {
        const wanted = isWrong ? 'settling' : expected
        expect(said(classify({ copies, pending: NONE, before: new Map(), now: AT }))).toBe(wanted)
        expect(said(lookTwice(copies, NONE, GRACE_MS - 1))).toBe(wanted)
      })
      test(`${record.status}, ${name}: settles while a write that would change it is pending`, () => {
        const byServer = expected.startsWith('ghost') || expected.includes('redis') ? 'settling' : expected
        expect(said(lookTwice(copies, ALL_OF_SERVER, GRACE_MS))).toBe(byServer)
        expect(said(lookTwice(copies, ONE_OF_SERVER, GRACE_MS))).toBe(byServer)
        const byGateway = expected.startsWith('ghost') ? 'settling' : expected
        expect(said(lookTwice(copies, ALL_OF_GATEWAY, GRACE_MS))).toBe(byGateway)
      })
    }
  }
})

/** Values of gateway, server, Redis (`-`: not held; `?`: unread) -> state and odd copies after two looks beyond the grace. */
const DIFFERENCES: [field: string, values: string, state: State, odd: string][] = [
  // A gateway's field: the gateway is right.
  ['width', '80 80 99', 'drifted', 'redis'],
  ['width', '80 99 80', 'drifted', 'server'],
  ['width', '99 80 80', 'drifted', 'server redis'],
  ['width', '80 81 82', 'drifted', 'server redis'],
  ['width', '80 99 ?', 'drifted', 'server'],
  ['width', '80 ? 99', 'drifted', 'redis'],
  ['width', '? 80 99', 'unknown', ''],
  ['width', '? ? 99', 'unknown', ''],
  ['width', '80 80 ?', 'unknown', ''],
  // A server's field: only the server and Redis have it.
  ['room', '- #0 #7', 'drifted', 'redis'],
  ['room', '- ? #7', 'unknown', ''],
  ['room', '- #0 ?', 'unknown', ''],
  ['room', '- #0 #0', 'in-sync', ''],
  ['meta:color', '- red blue', 'drifted', 'redis'],
  ['added', '-  x', 'drifted', 'redis'],
  // The gateway knows these too, but the server is right.
  ['player', '#5 #5 #9', 'drifted', 'redis'],
  ['player', '#9 #5 #5', 'drifted', 'gateway'],
  ['player', '#5 #9 #5', 'drifted', 'gateway redis'],
  ['player', '#9 #5 ?', 'drifted', 'gateway'],
  ['player', '#9 ? #5', 'unknown', ''],
  ['player', '? #5 #9', 'drifted', 'redis'],
]

describe('a field, by the values of its copies', () => {
  for (const [field, values, state, odd] of DIFFERENCES) {
    const copies = copiesOf(session, field, values)
    const fieldOf = (verdict: Verdict) => verdict.fields.find(({ name }) => name === field)
    const isOwners = field === 'width' ? ALL_OF_GATEWAY : ALL_OF_SERVER

    test(`${field} ${values}: ${state}`, () => {
      const found = fieldOf(lookTwice(copies, NONE, GRACE_MS))
      expect(found).toMatchObject({ state, odd: odd === '' ? [] : odd.split(' ') })
    })
    test(`${field} ${values}: never drifts while young or pending`, () => {
      const wanted = state === 'drifted' ? 'settling' : state
      expect(fieldOf(lookTwice(copies, NONE, GRACE_MS - 1))?.state).toBe(wanted)
      expect(fieldOf(lookTwice(copies, isOwners, GRACE_MS))?.state).toBe(wanted)
      const one: PendingWrite[] = [{ side: field === 'width' ? 'gateway' : 'server', fields: [field] }]
      expect(fieldOf(lookTwice(copies, one, GRACE_MS))?.state).toBe(wanted)
    })
    test(`${field} ${values}: another field's pending write excuses nothing`, () => {
      const other: PendingWrite[] = [
        { side: field === 'width' ? 'server' : 'gateway', fields: ['height', 'waitingFor'] },
      ]
      expect(fieldOf(lookTwice(copies, other, GRACE_MS))?.state).toBe(state)
    })
  }
})

describe('the cause', () => {
  const causeAfter = (redis: Record<string, string>, pending = NONE) => {
    const copies = readingsOf(session)
    return lookTwice({ ...copies, redis: { ...copies.redis, fields: { ...copies.redis.fields, ...redis } } }, pending)
      .cause
  }

  test('content where the revisions agree', () => {
    expect(causeAfter({ room: '#7' })).toBe('content')
    expect(causeAfter({ host: 'elsewhere.example' })).toBe('content')
  })
  test('status-skew where it is about who holds the socket', () => {
    expect(causeAfter({ status: 'detached' })).toBe('status-skew')
    expect(causeAfter({ gateway: 'gateway-9', room: '#7' })).toBe('status-skew')
  })
  test('rolled-back where Redis is behind in a revision and ahead in none', () => {
    expect(causeAfter({ serverRevision: '8', room: '#7' })).toBe('rolled-back')
    expect(causeAfter({ gatewayRevision: '2', width: '20' })).toBe('rolled-back')
    expect(causeAfter({ connectionEpoch: '1', gatewayRevision: '99' })).toBe('rolled-back')
    expect(causeAfter({ serverRevision: '', room: '' })).toBe('rolled-back')
  })
  test('not rolled-back while anything is pending', () => {
    expect(causeAfter({ serverRevision: '8', room: '#7' }, [{ side: 'gateway', fields: ['height'] }])).toBe('content')
  })
  test('content while only Redis being a little behind in play is younger than the difference', () => {
    const copies = copiesOf(session, 'room', '- #0 #7')
    const { differences: before } = classify({ copies, pending: NONE, before: new Map(), now: AT })
    const played = { ...session, serverRevision: 10, commandCount: 5 }
    const later: Copies = { ...copies, server: readingsOf(played).server }
    const verdict = classify({ copies: later, pending: NONE, before, now: AT + GRACE_MS })
    expect(verdict.fields.filter(({ state }) => state === 'settling').map(({ name }) => name)).toEqual([
      'room',
      'commandCount',
      'serverRevision',
    ])
    const third = classify({ copies, pending: NONE, before: verdict.differences, now: AT + GRACE_MS + 1 })
    expect(third).toMatchObject({ state: 'drifted', cause: 'content' })
    const fourth = classify({ copies: later, pending: NONE, before: third.differences, now: AT + GRACE_MS + 2 })
    expect(fourth).toMatchObject({ state: 'drifted', cause: 'content', since: AT })
  })
  test('foreign-write where Redis is ahead of an owner', () => {
    expect(causeAfter({ serverRevision: '10', room: '#7' })).toBe('foreign-write')
    expect(causeAfter({ serverRevision: '8', gatewayRevision: '4' })).toBe('foreign-write')
  })
})

describe('the index of Redis', () => {
  const indexed = (version: string) => {
    const copies = readingsOf(session)
    return { ...copies, redis: { ...copies.redis, fields: { ...copies.redis.fields, [INDEX_FIELD]: version } } }
  }
  const indexOf = (verdict: Verdict) => verdict.fields.find(({ name }) => name === INDEX_FIELD)

  test('agrees with the hash', () => expect(lookTwice(indexed('2.3.9')).state).toBe('in-sync'))
  test('without an entry, the session is missing in Redis: a takeover would not find it', () => {
    const verdict = lookTwice(indexed(''))
    expect(said(verdict)).toBe('missing redis')
    expect(indexOf(verdict)?.state).toBe('missing')
    expect(verdict.fields.find(({ name }) => name === 'room')?.state).toBe('in-sync')
  })
  test('an entry without a hash is a session that is missing, or a ghost', () => {
    const lone = {
      ...indexed(''),
      redis: { kind: 'read', fields: { [INDEX_FIELD]: '2.3.9' }, observedAt: AT },
    } as const
    expect(said(lookTwice(lone))).toBe('missing redis')
    expect(said(lookTwice({ ...lone, server: { kind: 'absent', observedAt: AT } }))).toBe('ghost server')
  })
  test('an entry that the hash contradicts is drift', () => {
    expect(indexOf(lookTwice(indexed('2.3.8')))).toMatchObject({ state: 'drifted', odd: ['redis'] })
  })
})
