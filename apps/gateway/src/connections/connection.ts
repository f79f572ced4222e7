import type { Clock } from '@holdfast/runtime'
import {
  type ChangeableFields,
  CLOSE_REASONS,
  type CloseReason,
  type GatewayFields,
  isEarlierCause,
  type OutputPart,
  type OutputRecord,
  type Sid,
} from '@holdfast/store/contracts'
import { createBacklogWatch } from './backlog-watch.ts'
import type { Client, ClientPart } from './client.ts'
import { createInputGate } from './input-gate.ts'
import type { Limits } from './limits.ts'
import { safeText } from './safe-text.ts'
import { createUnanswered } from './unanswered.ts'

/** What a connection hands on; the relays send it. */
export interface ConnectionEvents {
  /** A numbered line, in order. */
  onInput(connection: Connection, inputSequence: number, line: string): void
  /** The gateway's fields have changed, `gatewayRevision` with them. */
  onChanged(connection: Connection, fields: Partial<ChangeableFields>): void
  /** The server has said who this is. */
  onBound(connection: Connection): void
  /** The connection is over; told once, and nothing follows. */
  onClosed(connection: Connection, reason: CloseReason): void
  /** `waiting-input`: lines that waited for their rate when the connection ended. */
  onDropped(what: 'repeat' | 'input-after-close' | 'waiting-input' | 'flood', count: number): void
  /** How long the server took to answer a line, ms. */
  onAnswered(ms: number): void
}

/** Why input is not read: nothing may overtake the event that makes the session; Kafka does not take what was read. */
export type HoldReason = 'registering' | 'kafka'

export interface Connection {
  readonly sid: Sid
  readonly fields: GatewayFields
  /** What the server has said of who this is. */
  readonly player: string | null
  readonly loginState: 'connected' | 'loggedIn'
  readonly isClosed: boolean
  /** The log was told of it: what others are told of this gateway's connections names it from then on. */
  readonly isEstablished: boolean
  established(): void
  /** Takes these values as the gateway's own, under a new revision, higher than `above`; `onChanged` follows. */
  revise(fields: Partial<ChangeableFields>, above?: number): void
  /** A line from the client. `cut`: its end is missing. */
  line(text: string, cut?: boolean): void
  /** A record of the server's for this session. Repeats are dropped by their cause. */
  deliver(record: OutputRecord): void
  /** The one way to end: text, then the close; `onClosed` follows. A second call does nothing. */
  close(reason: CloseReason, text?: string): void
  /** The client has gone, by itself where no reason is given. */
  gone(reason?: CloseReason): void
  /** The client has told something about itself; `onChanged` follows, at a bounded rate. */
  factsChanged(): void
  /** Something was sent: ends a client that takes nothing before memory is full. */
  lookAtBacklog(): void
  /** Looks at what is due: answers that are late, clients that are slow, lines that wait for their rate. */
  tick(): void
  /** Input is read only while no reason holds it; each reason is given back by `release`. */
  hold(reason: HoldReason): void
  release(reason: HoldReason): void
}

const UNGREETED_NOTICE = '-- The game does not answer yet. You will be seated as soon as it does. --\n'
const LATE_NOTICE = '-- The game is catching its breath. What you typed is kept and will be answered. --\n'
const FLOOD_NOTICE = '-- You are typing too fast: your lines are taken one by one. --\n'
const SLOW_NOTICE = '-- Your connection is too slow for what is happening here. --\n'
const CUT_NOTICE = '-- Your line was too long: only its beginning was taken. --\n'

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
  const unanswered = createUnanswered(limits)
  const gate = createInputGate(limits)
  const backlog = createBacklogWatch(limits)
  const held = new Set<HoldReason>()
  const openedAt = clock.monotonic()
  let inputSequence = 0
  let player: string | null = null
  let loginState: 'connected' | 'loggedIn' = 'connected'
  let isClosed = false
  let isEstablished = false
  /** Until it comes, or its client was told that it is late. */
  let awaitsGreeting = true
  let isFloodTold = false
  let hasNewFacts = false
  let factsToldAt = Number.NEGATIVE_INFINITY

  const say = (text: string): void => client.send([{ kind: 'text', text }])

  const take = (text: string): void => {
    inputSequence++
    unanswered.sent(inputSequence, clock.monotonic())
    events.onInput(connection, inputSequence, text)
  }

  const takeWaiting = (now: number): void => {
    if (held.size > 0) return
    for (let line = gate.next(now); line !== undefined; line = gate.next(now)) take(line)
    if (gate.size === 0) isFloodTold = false
  }

  const tellFlood = (): void => {
    if (isFloodTold) return
    isFloodTold = true
    say(FLOOD_NOTICE)
  }

  /** Who connects while no server answers would else sit before an empty screen, and take the game for dead. */
  const tellUngreeted = (now: number): void => {
    if (!awaitsGreeting || now - openedAt < limits.noticeAfterMs) return
    awaitsGreeting = false
    say(UNGREETED_NOTICE)
  }

  const show = (data: readonly OutputPart[]): void => {
    const parts: ClientPart[] = []
    let ends: CloseReason | null = null
    for (const part of data) {
      if (part.kind === 'bind') {
        player = part.player
        loginState = part.loginState
        events.onBound(connection)
      } else if (part.kind === 'close') {
        ends = part.reason
        break // nothing follows a close
      } else parts.push(part.kind === 'echo' ? part : { ...part, text: safeText(part.text) })
    }
    if (parts.length > 0) client.send(parts)
    if (ends !== null) connection.close(ends)
  }

  const answered = ({ done }: OutputRecord): void => {
    if (done?.sid !== sid) return
    const ms = unanswered.answered(done.inputSequence, clock.monotonic())
    if (ms !== null) events.onAnswered(ms)
  }

  const tellFacts = (now: number): void => {
    if (!hasNewFacts || now - factsToldAt < limits.factsEveryMs) return
    hasNewFacts = false
    const facts = client.facts()
    const next = { ...facts, capabilities: [...facts.capabilities] }
    if (sameFacts(next, fields)) return
    factsToldAt = now
    connection.revise(next)
  }

  const finish = (reason: CloseReason): void => {
    if (isClosed) return
    isClosed = true
    unanswered.clear()
    if (gate.size > 0) events.onDropped('waiting-input', gate.size)
    gate.clear()
    events.onClosed(connection, reason)
  }

  const connection: Connection = {
    sid,
    fields,
    get player() {
      return player
    },
    get loginState() {
      return loginState
    },
    get isClosed() {
      return isClosed
    },
    get isEstablished() {
      return isEstablished
    },
    established() {
      isEstablished = true
    },
    revise(changed, above = 0) {
      fields.gatewayRevision = Math.max(fields.gatewayRevision, above) + 1
      Object.assign(fields, changed)
      events.onChanged(connection, changed)
    },
    line(text, cut = false) {
      if (isClosed) {
        events.onDropped('input-after-close', 1)
        return
      }
      if (cut) say(CUT_NOTICE)
      const turn = gate.offer(text, clock.monotonic())
      if (turn === 'now') take(text)
      else if (turn === 'queued') tellFlood()
      else {
        events.onDropped('flood', 1)
        connection.close('flood')
      }
    },
    deliver(record) {
      if (isClosed) return
      awaitsGreeting = false
      const { partition, offset, index } = record.cause
      const last = lastCauses.get(partition)
      if (last && !isEarlierCause(last, record.cause)) {
        events.onDropped('repeat', 1)
        return
      }
      lastCauses.set(partition, { offset, index })
      show(record.data)
      answered(record)
    },
    close(reason, text = CLOSE_REASONS[reason] ?? undefined) {
      if (isClosed) return
      if (text !== undefined) say(`${safeText(text)}\n`)
      finish(reason)
      client.end(reason)
    },
    gone: (reason = 'client') => finish(reason),
    factsChanged() {
      hasNewFacts = true
    },
    lookAtBacklog() {
      if (isClosed) return
      const look = backlog.look(client.backlogBytes, clock.monotonic())
      if (look === 'tell') say(SLOW_NOTICE)
      if (look !== 'end') return
      finish('slow')
      client.destroy('slow') // what it does not take would keep it open
    },
    tick() {
      if (isClosed) return
      client.tick?.()
      if (isClosed) return // it has found its client gone
      const now = clock.monotonic()
      takeWaiting(now)
      tellFacts(now)
      tellUngreeted(now)
      if (unanswered.isLate(now)) say(LATE_NOTICE)
      connection.lookAtBacklog()
      if (loginState === 'connected' && now - openedAt > limits.loginWaitMs) connection.close('login-timeout')
    },
    hold(reason) {
      if (held.size === 0 && !isClosed) client.pause()
      held.add(reason)
    },
    release(reason) {
      if (held.delete(reason) && held.size === 0) client.resume()
    },
  }
  return connection
}

const sameFacts = (next: Pick<GatewayFields, 'client' | 'width' | 'height' | 'capabilities'>, fields: GatewayFields) =>
  next.client === fields.client &&
  next.width === fields.width &&
  next.height === fields.height &&
  next.capabilities.join() === fields.capabilities.join()
