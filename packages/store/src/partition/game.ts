import type {
  CloseReason,
  OutputPart,
  ServerFields,
  SessionCommand,
  SessionRecord,
  ShownEvent,
  Sid,
} from '../contracts/index.ts'

/**
 * The port between the state layer and a game. The state layer reads records, guards them, and applies what the game
 * answers: a session's fields, its number, its outputs and the partition's position change together, in one
 * synchronous step. The game decides; it holds no session state of its own.
 *
 * Determinism: a record is applied again after a crash (over the state of the last flush). Time comes from
 * `context.at`, never from a clock; outputs keep their count and order, since an output's identity is its cause and
 * its index. What changes the world does so under `context.key`, once.
 */
export interface Game {
  /** A connection came: what it reads first. */
  established(session: SessionRecord, context: GameContext): Effects
  /** A line that the player sent. */
  input(session: SessionRecord, input: InputLine, context: GameContext): Effects
  /** The work on a question is done. The session no longer waits. */
  answered(session: SessionRecord, question: Question, answer: string, context: GameContext): Effects
  /** A change from elsewhere (never `answer`). */
  command(session: SessionRecord, command: GameCommand, context: GameContext): Effects
  /** The session has ended; its outputs may go to others only. */
  closed(session: SessionRecord, reason: CloseReason, context: GameContext): Effects
  /**
   * Works on a question beside the partition's line; its result comes back as a record. May run more than once for one
   * question (a takeover asks again), so it changes nothing. A rejection is tried again with back-off until
   * `signal` fires: expected failures are answers.
   */
  work(session: SessionRecord, question: Question, tools: WorkTools): Promise<string>
  /**
   * A wizard would have a session be as Redis says: what the game could not play with, in words for the wizard; null for
   * nothing. Without it every session will do.
   */
  problemOf?(session: SessionRecord): string | null
}

export type Effects = readonly Effect[] | Promise<readonly Effect[]>

/** What a game may cause; applied in order, in one synchronous step. */
export type Effect =
  /** What sessions are sent. One effect is one speech: it has one index, whoever hears it. Unknown sids are skipped. */
  | { kind: 'output'; to: readonly Sid[]; parts: readonly OutputPart[] }
  /** Fields of this session. A metadata value of null clears its key. */
  | { kind: 'set'; fields: SettableFields }
  /** A record for another session's partition (or this one's), with an id made from this cause. */
  | { kind: 'command'; to: Sid; command: GameCommand }
  /** Work beside the line; the session waits (its next lines are parked) until `answered`. At most one at a time. */
  | { kind: 'ask'; question: Question }
  /** For the console. */
  | { kind: 'event'; type: ShownEvent['type']; detail: ShownEvent['detail'] }

export type SettableFields = Partial<
  Pick<ServerFields, 'player' | 'playerName' | 'loginState' | 'boundBy' | 'wizard' | 'hidden' | 'room'>
> & { meta?: Readonly<Record<string, string | null>> }

export type GameCommand = Exclude<SessionCommand, { kind: 'answer' | 'wizard' }>

/** Stored sealed, so `content` may hold a password. */
export interface Question {
  readonly kind: string
  readonly content: string
}

export interface InputLine {
  readonly line: string
  readonly inputSequence: number
  /** The session is not logged in: the line is one of the few commands that need no player. */
  readonly beforeLogin: boolean
}

export interface GameContext {
  /** Epoch ms of the record that is applied. */
  readonly at: number
  /** With the sid, names this change of the world for ever: `i:<inputSequence>` or `c:<command id>`. */
  readonly key: string
  /**
   * The record was in the log before this server took the partition over: a former owner may have applied it, with
   * effects that are not stored.
   */
  readonly isReplay: boolean
  readonly sessions: SessionsView
}

/** All sessions of all servers, those of the own partitions as they are now, others as last published. Never waits. */
export interface SessionsView {
  get(sid: Sid): SessionRecord | undefined
  byHandle(handle: number): SessionRecord | undefined
  /** Logged-in sessions whose player is in the room. */
  inRoom(room: string): readonly SessionRecord[]
  ofPlayer(player: string): readonly SessionRecord[]
  all(): readonly SessionRecord[]
}

export interface WorkTools {
  /** Fires when this process no longer owns the session. */
  readonly signal: AbortSignal
  /**
   * Has the session's binding (player, login state, room) in Redis before it resolves with `stored`. `unavailable`
   * after CRITICAL_FLUSH_WAIT_MS, or at once while the breaker is open: it stays dirty and is written behind.
   */
  storeBinding(): Promise<'stored' | 'unavailable'>
}
