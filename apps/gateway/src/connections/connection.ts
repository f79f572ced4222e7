import type { Clock } from '@holdfast/runtime'
import {
  CLOSE_REASONS,
  type CloseReason,
  type GatewayFields,
  isEarlierCause,
  type OutputPart,
  type OutputRecord,
  type Sid,
} from '@holdfast/store/contracts'
import type { Client } from './client.ts'
import { createInputRate, type Limits } from './limits.ts'

/** What a connection hands on; the relays send it. */
export interface ConnectionEvents {
  /** A numbered line, in order. */
  onInput(connection: Connection, inputSequence: number, line: string): void
  /** The connection is over; told once. */
  onClosed(connection: Connection, reason: CloseReason): void
  onDropped(what: 'repeat' | 'input-after-close'): void
  /** How long the server took to answer a line, ms. */
  onAnswered(ms: number): void
}

export interface Connection {
  readonly sid: Sid
  readonly fields: GatewayFields
  /** What the server has said of who this is. */
  readonly player: string | null
  readonly loginState: 'connected' | 'loggedIn'
  readonly openedAt: number
  readonly isClosed: boolean
  /** A line from the client. */
  line(text: string): void
  /** A record of the server's for this session. Repeats are dropped by their cause. */
  deliver(record: OutputRecord): void
  /** The one way to end: text, then the close; `onClosed` follows. A second call does nothing. */
  close(reason: CloseReason, text?: string): void
  /** The client has gone by itself. */
  gone(): void
  /** Looks at what is due: answers that are late, clients that are slow, lines that wait for their rate. */
  tick(): void
  pauseInput(): void
  resumeInput(): void
  updateFacts(): Partial<GatewayFields> | null
}

const LATE_NOTICE = '-- The game is catching its breath. What you typed is kept and will be answered. --\n'
const FLOOD_NOTICE = '-- You are typing too fast: your lines are taken one by one. --\n'
const SLOW_NOTICE = '-- Your connection is too slow for what is happening here. --\n'

export interface ConnectionOptions {
  fields: GatewayFields
  sid: Sid
  client: Client
  clock: Clock
  limits: Limits
  events: ConnectionEvents
}

/**
 * One live socket's seat at the gateway: numbers what comes in, sends what goes out once, and ends in one way.
 * It knows no game: who the player is, is what the server's `bind` part said.
 */
export function createConnection({ fields, sid, client, clock, limits, events }: ConnectionOptions): Connection {
  const lastCauses = new Map<number, { offset: number; index: number }>()
  const unanswered = new Map<number, number>()
  const rate = createInputRate(limits)
  const waitingLines: string[] = []
  const openedAt = clock.monotonic()
  let inputSequence = 0
  let player: string | null = null
  let loginState: 'connected' | 'loggedIn' = 'connected'
  let isClosed = false
  let isNoticed = false
  let isFloodTold = false
  let slowSince: number | null = null

  const say = (text: string): void => client.send([{ kind: 'text', text }])

  const take = (text: string): void => {
    inputSequence++
    unanswered.set(inputSequence, clock.monotonic())
    events.onInput(connection, inputSequence, text)
  }

  const takeWaiting = (): void => {
    while (waitingLines.length > 0 && rate.take(clock.monotonic())) take(waitingLines.shift() ?? '')
    if (waitingLines.length === 0) isFloodTold = false
  }

  const show = (part: OutputPart): void => {
    if (part.kind === 'bind') {
      player = part.player
      loginState = part.loginState
    } else if (part.kind === 'close') connection.close(part.reason)
    else if (!isClosed) client.send([part])
  }

  const answered = ({ done }: OutputRecord): void => {
    if (done?.sid !== sid) return
    const sentAt = unanswered.get(done.inputSequence)
    if (sentAt === undefined) return
    unanswered.delete(done.inputSequence)
    events.onAnswered(clock.monotonic() - sentAt)
    if (unanswered.size === 0) isNoticed = false
  }

  const noticeLate = (now: number): void => {
    const [oldest] = unanswered.values()
    if (isNoticed || oldest === undefined || now - oldest < limits.noticeAfterMs) return
    isNoticed = true
    say(LATE_NOTICE)
  }

  const endSlow = (now: number): void => {
    const { backlogBytes } = client
    if (backlogBytes <= limits.backlogBytesMax) {
      slowSince = null
      return
    }
    if (slowSince === null) {
      slowSince = now
      say(SLOW_NOTICE)
    }
    if (now - slowSince >= limits.slowGraceMs || backlogBytes > limits.backlogBytesHard) {
      finish('slow')
      client.destroy() // what it does not take would keep it open
    }
  }

  const finish = (reason: CloseReason): void => {
    if (isClosed) return
    isClosed = true
    unanswered.clear()
    events.onClosed(connection, reason)
  }

  const connection: Connection = {
    sid,
    fields,
    openedAt,
    get player() {
      return player
    },
    get loginState() {
      return loginState
    },
    get isClosed() {
      return isClosed
    },
    line(text) {
      if (isClosed) {
        events.onDropped('input-after-close')
        return
      }
      if (waitingLines.length === 0 && rate.take(clock.monotonic())) {
        take(text)
        return
      }
      waitingLines.push(text)
      if (waitingLines.length > limits.inputQueueMax) connection.close('flood')
      else if (!isFloodTold) {
        isFloodTold = true
        say(FLOOD_NOTICE)
      }
    },
    deliver(record) {
      const { partition, offset, index } = record.cause
      const last = lastCauses.get(partition)
      if (last && !isEarlierCause(last, record.cause)) {
        events.onDropped('repeat')
        return
      }
      lastCauses.set(partition, { offset, index })
      for (const part of record.data) show(part)
      answered(record)
    },
    close(reason, text = CLOSE_REASONS[reason] ?? undefined) {
      if (isClosed) return
      if (text !== undefined) say(`${text}\n`)
      finish(reason)
      client.end()
    },
    gone: () => finish('client'),
    tick() {
      if (isClosed) return
      const now = clock.monotonic()
      takeWaiting()
      noticeLate(now)
      endSlow(now)
      if (loginState === 'connected' && now - openedAt > limits.loginWaitMs) connection.close('login-timeout')
    },
    pauseInput: () => client.pause(),
    resumeInput: () => client.resume(),
    updateFacts() {
      const facts = client.facts()
      const next = { ...facts, capabilities: [...facts.capabilities] }
      const isSame =
        next.client === fields.client &&
        next.width === fields.width &&
        next.height === fields.height &&
        next.capabilities.join() === fields.capabilities.join()
      if (isSame || isClosed) return null
      fields.gatewayRevision++
      Object.assign(fields, next)
      return next
    },
  }
  return connection
}
