import {
  type Cause,
  COMMAND_IDS_KEPT,
  causeId,
  type ServerFields,
  type SessionRecord,
  type ShownEvent,
  type Sid,
  type WaitingFor,
} from '../contracts/index.ts'
import type { Seal } from '../kafka/seal.ts'
import type { ServerChange } from '../memory/session-map.ts'
import type { Effect, Question, SessionsView } from './game.ts'
import type { Done, Outbox } from './outbox.ts'
import type { OwnedPartition } from './owned-partition.ts'

/** Fields that others route by and lists show: a change of one is published at once, the rest once a second. */
const PUBLISHED_AT_ONCE: readonly (keyof ServerFields)[] = [
  'player',
  'playerName',
  'loginState',
  'room',
  'hidden',
  'wizard',
]

export interface TurnOptions {
  owned: OwnedPartition
  offset: number
  outbox: Outbox
  seal: Seal
  sessions: SessionsView
}

/**
 * What one record does, applied: fields, number, outputs, records for others. All of it happens in one synchronous step
 * after the game has answered, so that a flush sees either nothing of a record or all of it.
 *
 * The outputs of a record are counted (`index`): cause and index name them for ever, and a replay names them the same.
 */
export function createTurn({ owned, offset, outbox, seal, sessions }: TurnOptions) {
  const { partition, epoch } = owned
  let index = 0
  let isUrgent = false
  let hasAsked = false
  const nextCause = (): Cause => ({ partition, offset, index: index++ })

  const change = (sid: Sid, fields: ServerChange): void => {
    owned.sessions.update(sid, fields)
    // The end of a wait too: others may count somebody in only then, as a game does with a login that is stored first.
    isUrgent ||= PUBLISHED_AT_ONCE.some((field) => field in fields) || fields.waitingFor === null
  }

  const applyEffect = (sid: Sid, effect: Effect, done: Done | null): Done | null => {
    switch (effect.kind) {
      case 'output': {
        const told = outbox.speak({ to: effect.to, parts: effect.parts, cause: nextCause(), epoch, done })
        return told ? null : done
      }
      case 'set': {
        const { meta = {}, ...fields } = effect.fields
        if (Object.keys(fields).length > 0) change(sid, fields)
        for (const [key, value] of Object.entries(meta)) owned.sessions.setMeta(sid, key, value)
        return done
      }
      case 'command': {
        const to = sessions.get(effect.to)
        const id = causeId(nextCause())
        if (to) outbox.command(to, effect.command, id)
        return done
      }
      case 'ask':
        ask(sid, effect.question)
        return done
      case 'event':
        outbox.show(effect.type, sid, effect.detail, causeId(nextCause()))
        return done
    }
  }

  const ask = (sid: Sid, { kind, content }: Question): void => {
    const parked = owned.sessions.get(sid)?.waitingFor?.parked ?? []
    const waitingFor: WaitingFor = {
      id: causeId(nextCause()),
      kind,
      sealed: seal.seal(content, 'question', sid),
      parked,
    }
    owned.sessions.update(sid, { waitingFor })
    hasAsked = true
  }

  return {
    /** Applies a game's effects to its session, in order. `done`: the input that they answer. */
    apply(sid: Sid, effects: readonly Effect[], done: Done | null): void {
      let open = done
      for (const effect of effects) open = applyEffect(sid, effect, open)
      // Every input gives at least one record to its own session: the gateway knows then that it was answered.
      if (open) outbox.speak({ to: [sid], parts: [], cause: nextCause(), epoch, done: open })
    },
    change,
    /** Remembers a command's id, so that a repeat is dropped. */
    rememberCommand({ sid, commandIds }: SessionRecord, id: string): void {
      owned.sessions.update(sid, { commandIds: [...commandIds, id].slice(-COMMAND_IDS_KEPT) })
    },
    /** Tells consoles what became of the session; comes after the record's outputs. */
    show(type: ShownEvent['type'], sid: Sid, detail: ShownEvent['detail']): void {
      outbox.show(type, sid, detail, causeId(nextCause()))
    },
    /** Others are told at once, whatever was changed. */
    publishAtOnce(): void {
      isUrgent = true
    },
    get isUrgent() {
      return isUrgent
    },
    /** A question was asked: its work is to be started. */
    get hasAsked() {
      return hasAsked
    },
  }
}

export type Turn = ReturnType<typeof createTurn>
