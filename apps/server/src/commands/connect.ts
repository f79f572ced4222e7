import type { Effect } from '@holdfast/store'
import { lines, show, tell } from '../effects/output.ts'
import { askToConnect } from '../sessions/login.ts'
import { update } from '../sessions/session-service.ts'
import { PASSWORD_LENGTH_MAX, PLAYER_NAME_LENGTH_MAX } from '../world/names.ts'
import type { Command, Turn } from './command.ts'
import { parseLogin } from './parse.ts'
import { LOGIN_KEY } from './reserved-meta.ts'

/** `connect name password`; `connect name` alone asks for the password with the echo off. */
export const connect: Command = { name: 'connect', at: 'login', run: (turn) => connectAs(turn, false) }

/** `cd`, `ch`: connect hidden, for those who may (wizards); others are connected as usual. */
export const cd: Command = { name: 'cd', at: 'login', page: 'connect', run: (turn) => connectAs(turn, true) }
export const ch: Command = { ...cd, name: 'ch' }

const HIDDEN_MARK = '/hidden'

function connectAs({ session, inputSequence, words }: Turn, hidden: boolean): readonly Effect[] {
  const { name, password } = parseLogin(words.argument)
  if (name === '') return [tell(session, 'Connect as whom? connect <name> <password>')]
  if (password !== null) return askToConnect({ name, password: bounded(password), hidden, inputSequence })
  const prompted = name.slice(0, PLAYER_NAME_LENGTH_MAX + 1).toWellFormed() + (hidden ? HIDDEN_MARK : '')
  return [
    // In the session, so that the next line is a password also for a server that takes over between the two.
    update({ [LOGIN_KEY]: prompted }),
    show(
      [session],
      [
        { kind: 'echo', on: false },
        { kind: 'prompt', text: 'Password: ' },
      ],
    ),
  ]
}

/** Whether the next line is the password that `connect name` has asked for. */
export const awaitsPassword = (turn: Pick<Turn, 'session'>): boolean => Object.hasOwn(turn.session.meta, LOGIN_KEY)

/** The line after `Password:`, which is never a command. */
export function takePassword({ session, inputSequence }: Pick<Turn, 'session' | 'inputSequence'>, line: string) {
  const prompted = session.meta[LOGIN_KEY] ?? ''
  const hidden = prompted.endsWith(HIDDEN_MARK)
  const name = hidden ? prompted.slice(0, -HIDDEN_MARK.length) : prompted
  const shown: Effect[] = [
    update({ [LOGIN_KEY]: null }),
    show([session], [{ kind: 'echo', on: true }, ...(line === '' ? [lines('No password, no login.')] : [])]),
  ]
  return line === '' ? shown : [...shown, ...askToConnect({ name, password: bounded(line), hidden, inputSequence })]
}

/** No password is longer, and what is hashed costs time by its length; one more, so that it is wrong. */
const bounded = (password: string): string => password.slice(0, PASSWORD_LENGTH_MAX + 1)
