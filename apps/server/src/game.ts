import type { Effects, Game, GameCommand, GameContext, InputLine, Question } from '@holdfast/store'
import type { CloseReason, SessionRecord } from '@holdfast/store/contracts'
import { SHOWN_THE_DOOR } from './commands/boot.ts'
import { settling } from './commands/change-world.ts'
import { cleanLine, cleanText } from './commands/clean-line.ts'
import type { Turn } from './commands/command.ts'
import { takeExit } from './commands/move.ts'
import { parse, type Words } from './commands/parse.ts'
import { changingPassword } from './commands/password.ts'
import { awaitsPassword, takePassword } from './commands/password-prompt.ts'
import { type Found, findCommand, HUH, pageNamed } from './commands/registry.ts'
import { lines, playsOn, sayGoodbye, show, tell } from './effects/output.ts'
import { isAdmitted } from './sessions/admitted.ts'
import { admitting, announce, stateChanged, storing } from './sessions/binding.ts'
import { createConsoleSignIn } from './sessions/console-sign-in.ts'
import { giveWay } from './sessions/give-way.ts'
import type { GameParts, Inquiry } from './sessions/inquiry.ts'
import { connecting, creating } from './sessions/login.ts'
import { parseDbref } from './world/world.ts'

const INQUIRIES: readonly Inquiry[] = [connecting, creating, storing, admitting, changingPassword, settling]

const isCommandName = (word: string): boolean => findCommand(word, 'game').kind === 'exact'

/**
 * The MUSH, behind the state layer's port. It has no state and no clock: what it answers depends on the session, the
 * record and the world, and the world answers a record that is applied again as it did the first time.
 */
export function createGame(parts: GameParts): Game {
  const turnOf = (session: SessionRecord, input: InputLine, words: Words, context: GameContext): Turn => ({
    session,
    context,
    inputSequence: input.inputSequence,
    beforeLogin: input.beforeLogin,
    words,
    world: parts.world,
    texts: parts.texts,
    isCommandName,
    pageNamed: (word) => pageNamed(parse(word)?.word ?? word),
  })

  return {
    // Its gateway may have held it before, and think it somebody's: only a beginning that was lost on the way comes again.
    established: (session) => [show([session], [NOBODY, lines(parts.texts.banner)])],
    input(session, input, context) {
      const line = cleanLine(input.line)
      if (input.beforeLogin && awaitsPassword(session)) return takePassword(session, input.inputSequence, line)
      const words = parse(line)
      if (words === null) return []
      const turn = turnOf(session, input, words, context)
      const found = findCommand(words.word, input.beforeLogin ? 'login' : 'game')
      if (found.kind === 'exact' || input.beforeLogin) return runFound(found, turn)
      return exitOr(found, turn)
    },
    answered(session, question, answer, context) {
      return inquiryOf(question).answered({ session, content: question.content, answer, context, ...parts })
    },
    command: (session, command) => obey(session, command),
    detached: (session, context) => giveWay(session, context),
    closed: (session, reason, context) => farewell(session, reason, context),
    async work(session, question, tools) {
      return inquiryOf(question).work({ session, content: question.content, tools, ...parts })
    },
    problemOf: ({ player, room }) =>
      isDbref(player) && isDbref(room) ? null : 'a player and a room are written like #12',
    signIn: createConsoleSignIn(parts),
  }
}

const NOBODY = { kind: 'bind', player: null, playerName: null, loginState: 'connected' } as const

const isDbref = (text: string | null): boolean => text === null || parseDbref(text) !== null

function inquiryOf({ kind }: Question): Inquiry {
  const inquiry = INQUIRIES.find((each) => each.kind === kind)
  if (!inquiry) throw new Error(`nobody asks questions of the kind ${kind}`)
  return inquiry
}

function runFound(found: Found, turn: Turn): Effects {
  if (found.kind === 'none') return [tell(turn.session, HUH)]
  const { name, wizardsOnly, switches = [] } = found.command
  if (wizardsOnly && !turn.session.wizard) return [tell(turn.session, 'Permission denied.')]
  // Doing the rest would be doing something else than was asked for.
  const unknown = turn.words.switches.find((each) => !switches.includes(each))
  if (unknown !== undefined) return [tell(turn.session, `${name} doesn't know switch ${unknown.toUpperCase()}.`)]
  return found.command.run(turn)
}

/**
 * An exit comes before an abbreviation: `n` and `we` are directions where they lead somewhere. A command's whole name comes
 * before exits, which cannot have it (building.ts): what people say must not wait for the world. With the world away
 * nobody walks, so the abbreviation is meant.
 */
async function exitOr(found: Found, turn: Turn) {
  const taken = await takeExit(turn)
  if (taken.kind === 'done') return taken.effects
  if (taken.kind === 'away' && found.kind === 'none') return taken.effects
  return runFound(found, turn)
}

function obey(session: SessionRecord, command: GameCommand): Effects {
  switch (command.kind) {
    case 'close':
      return [sayGoodbye(session, command.reason, wordsOf(command))]
    case 'message':
      // As a page reads, so that a client's triggers for pages know it; a page's own `Name (alias)` has the same shape.
      return [tell(session, `${command.from} (console) pages: ${cleanText(command.text)}`)]
    case 'moved':
      return session.loginState === 'loggedIn' ? [{ kind: 'set', fields: { room: command.room } }] : []
    case 'renamed': {
      const { player, loginState } = session
      if (loginState !== 'loggedIn') return []
      const bound = { kind: 'bind', player, playerName: command.playerName, loginState } as const
      // Before it is let in its gateway knows nobody: the welcome says who it is.
      return [
        { kind: 'set', fields: { playerName: command.playerName } },
        show([session], isAdmitted(session) ? [bound] : []),
      ]
    }
  }
}

/** A player who is booted reads something, also where the wizard wrote nothing. */
function wordsOf({ reason, text }: Extract<GameCommand, { kind: 'close' }>): string | null {
  const words = text === null ? '' : cleanText(text)
  return words || (reason === 'boot' ? SHOWN_THE_DOOR : null)
}

/**
 * `replaced`: who ordered it knew that its player plays on in another session, so the room is told nothing. This server may
 * not know yet: the order comes by another topic than what the session's owner publishes. Nor is the room told of whom it
 * never met.
 */
function farewell(session: SessionRecord, reason: CloseReason, context: GameContext): Effects {
  if (!isAdmitted(session)) return []
  const changed = stateChanged('unbind', session, { reason })
  if (reason === 'replaced') return [changed]
  const what = playsOn(session, context.sessions) ? 'partially disconnected' : 'disconnected'
  return [announce(session, context, what), changed]
}
