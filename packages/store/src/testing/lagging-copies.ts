import {
  type CopyReading,
  type GatewayFields,
  gatewayFieldsSchema,
  gatewayReading,
  type Observation,
  pendingWrites,
  redisReading,
  type ServerFields,
  type SessionRecord,
  type StateRecordOf,
  serverReading,
  toHash,
  versionOf,
  type WaitingWrite,
} from '../contracts/index.ts'
import { AT, sessionOf, sidOf } from './fixtures.ts'

/** Nothing in a healthy world is later than this; a write that Redis does not take is, and is then told as waiting. */
const LATE_MAX_MS = 1_400
/** How old a console's reading of Redis may be. */
const READING_AGE_MS = 1_000
/** A write that Redis takes its time with. */
const SLOW_MAX_MS = 20_000
/** What waits is told once it has waited so long, as its process publishes it. */
const TOLD_AFTER_MS = 1_000

type Hash = Record<string, string>
type Connection = Omit<StateRecordOf<'connection'>, 'pending'> & { pending: WaitingWrite | null }

/** A write that its side has made and Redis has not acknowledged. */
interface Write {
  fields: Set<string>
  since: number
  isUnderWay: boolean
}

/**
 * One session as its gateway, its owner and Redis have it while everything is late by chance: flushes, their
 * acknowledgements (some are lost), the gateway's own writes, events to the owner, published copies. Whatever it does is what
 * happens when nothing is wrong, so nothing that looks at it may ever say that something is.
 */
export function createLaggingCopies(random: () => number) {
  let now = 0
  let later: { at: number; run: () => void }[] = []
  let isRedisSlow = false
  const session: SessionRecord & { -readonly [K in keyof SessionRecord]: SessionRecord[K] } = sessionOf(sidOf(1), {
    serverRevision: 1,
    width: 80,
    meta: {},
  })
  let held: Connection | null = connectionOf(session)
  const redis: Hash = hashOf(session)
  let version = versionOf(session)
  let readings = [{ at: 0, redis, version }]
  const own: Record<'server' | 'gateway', Write | null> = { server: null, gateway: null }
  const published: { server: SessionRecord; serverPending: WaitingWrite | null; gateway: Connection | null } = {
    server: structuredClone(session),
    serverPending: null,
    gateway: structuredClone(held),
  }

  const late = (): number => random() * LATE_MAX_MS
  const writeTime = (): number => random() * (isRedisSlow ? SLOW_MAX_MS : 200)
  const soon = (ms: number, run: () => void): void => void later.push({ at: now + ms, run })
  const pick = <T>(...all: readonly [T, ...T[]]): T => all[Math.floor(random() * all.length)] ?? all[0]

  const waitingOf = (write: Write | null): WaitingWrite | null => {
    if (write === null) return null
    return { fields: [...write.fields], since: write.since, attempts: 0, nextAt: null, error: null, isDead: false }
  }
  const toldOf = (write: Write | null): WaitingWrite | null =>
    write !== null && now - write.since >= TOLD_AFTER_MS ? waitingOf(write) : null

  // ---- what is told: each record holds the present at the moment it is sent, and records keep their order
  let serverSent = 0
  let gatewaySent = 0
  let boundAt = 0
  const publishServer = (): void => {
    serverSent = Math.max(serverSent, now + random() * 200)
    const at = serverSent
    const copy = structuredClone(session)
    const pending = toldOf(own.server)
    soon(at - now, () => Object.assign(published, { server: copy, serverPending: pending }))
  }
  const publishGateway = (): void => {
    gatewaySent = Math.max(gatewaySent, now + random() * 200)
    const at = gatewaySent
    const copy = held === null ? null : structuredClone({ ...held, pending: toldOf(own.gateway) })
    soon(at - now, () => Object.assign(published, { gateway: copy }))
  }

  // ---- writing behind
  const mark = (side: 'server' | 'gateway', ...fields: readonly string[]): void => {
    own[side] ??= { fields: new Set(), since: now, isUnderWay: false }
    for (const field of fields) own[side]?.fields.add(field)
  }
  const index = (): void => {
    version = [redis.connectionEpoch, redis.gatewayRevision, redis.serverRevision || '0'].join('.')
  }
  const put = (values: Hash): void => {
    for (const [name, text] of Object.entries(values)) {
      if (text === '') delete redis[name]
      else redis[name] = text
    }
    index()
  }
  /** One at a time; what is marked meanwhile stays marked. A lost acknowledgement leaves all of it marked. */
  const flush = (side: 'server' | 'gateway', values: () => Hash): void => {
    const write = own[side]
    if (write === null || write.isUnderWay) return
    write.isUnderWay = true
    const written = values()
    const isTaken = random() < 0.9
    const isAcknowledged = isTaken && random() < 0.8
    soon(writeTime(), () => {
      if (isTaken) put(written)
      soon(writeTime() / 2, () => {
        write.isUnderWay = false
        const isNow = JSON.stringify(values()) === JSON.stringify(written)
        if (isAcknowledged && isNow) own[side] = null
      })
    })
  }
  const flushAll = (): void => {
    flush('server', () => ({ ...serverHash(session) }))
    const connection = held
    if (connection) flush('gateway', () => toHash(connection.fields))
  }

  // ---- what players and clients do
  const change = (fields: Partial<ServerFields>, ...names: readonly string[]): void => {
    Object.assign(session, fields, { serverRevision: session.serverRevision + 1 })
    mark('server', ...names)
    soon(random() * 1_000, publishServer)
  }
  const actions: (() => void)[] = [
    () => {
      const { commandCount, inputSequence } = session
      const values = {
        commandCount: commandCount + 1,
        inputSequence: inputSequence + 1,
        lastConnectionSignal: AT + now,
      }
      change(values, 'commandCount', 'inputSequence', 'lastConnectionSignal')
    },
    () => change({ room: pick('#0', '#1'), hidden: pick(true, false) }, 'room', 'hidden'),
    () => change({ meta: pick<Record<string, string>>({}, { color: 'red' }, { color: 'blue' }) }, 'meta:color'),
    () => {
      const inputSequence = session.inputSequence + 1
      const binding = pick(
        { player: '#5', loginState: 'loggedIn' as const, boundBy: inputSequence },
        { player: null, loginState: 'connected' as const, boundBy: null },
      )
      change({ ...binding, inputSequence }, 'player', 'loginState', 'boundBy', 'inputSequence')
      const { player, loginState } = binding
      boundAt = Math.max(boundAt, now + late() / 2)
      soon(boundAt - now, () => {
        if (held) held = { ...held, player, loginState }
        soon(random() * 100, publishGateway)
      })
    },
    () => {
      if (held === null) return
      held.fields.gatewayRevision++
      held.fields.width = pick(80, 100)
      mark('gateway', 'width', 'gatewayRevision')
      const told = structuredClone(held.fields)
      soon(late(), () => {
        const isNewer = told.gatewayRevision > session.gatewayRevision
        if (told.connectionEpoch === session.connectionEpoch && isNewer) Object.assign(session, told)
        publishServer()
      })
      soon(random() * 100, publishGateway)
    },
    () => {
      isRedisSlow = random() < 0.3
    },
  ]

  const sides = (
    gateway: Connection | null,
    server: SessionRecord,
    serverPending: WaitingWrite | null,
    stored: { redis: Hash; version: string },
  ) => ({
    copies: {
      gateway: (gateway
        ? gatewayReading(gateway, AT + now)
        : { kind: 'absent', observedAt: AT + now }) satisfies CopyReading,
      server: serverReading(server, AT + now),
      redis: redisReading(stored.redis, stored.version, AT + now),
    },
    pending: pendingWrites({ server: { pending: serverPending, record: server }, gateway: gateway?.pending ?? null }),
    now: AT + now,
  })

  return {
    /** Something happens, and time goes on. */
    step(): void {
      pick(...nonEmpty(actions))()
      const until = now + random() * 400
      for (;;) {
        const due = later.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0]
        if (!due) break
        later = later.filter((each) => each !== due)
        now = Math.max(now, due.at)
        due.run()
      }
      now = until
      readings = [...readings, { at: now, redis: structuredClone(redis), version }]
      readings = readings.filter(({ at }) => at >= now - READING_AGE_MS)
      flushAll()
      if (own.server && now - own.server.since >= TOLD_AFTER_MS) publishServer()
      if (own.gateway && now - own.gateway.since >= TOLD_AFTER_MS) publishGateway()
    },
    get now() {
      return now
    },
    /** As the owner's auditor sees it: its own memory as it is. */
    asAuditor: (): Omit<Observation, 'before'> =>
      sides(published.gateway, session, waitingOf(own.server), { redis: structuredClone(redis), version }),
    /** As a console sees it: both memories as they were published, and Redis as it was read a moment ago. */
    asConsole(): Omit<Observation, 'before'> {
      return sides(published.gateway, published.server, published.serverPending, pick(...nonEmpty(readings)))
    },
  }
}

const nonEmpty = <T>(all: readonly T[]): readonly [T, ...T[]] => {
  const [first, ...rest] = all
  if (first === undefined) throw new Error('nothing to pick from')
  return [first, ...rest]
}

function connectionOf({ sid, player, loginState, ...record }: SessionRecord): Connection {
  const fields: GatewayFields = gatewayFieldsSchema.parse(record)
  return { v: 1, kind: 'connection', at: AT, sid, fields, player, loginState, pending: null }
}

const hashOf = (record: SessionRecord): Hash =>
  Object.fromEntries(Object.entries(serverReading(record, 0).fields).filter(([, text]) => text !== ''))

/** The server's fields with their deletions. */
function serverHash({ meta, ...record }: SessionRecord): Hash {
  const gateway = new Set<string>(gatewayFieldsSchema.keyof().options)
  const values = Object.fromEntries(
    Object.entries(toHash(record)).filter(([name]) => !gateway.has(name) && name !== 'sid'),
  )
  return { ...values, 'meta:color': meta.color ?? '' }
}
