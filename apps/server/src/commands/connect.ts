import type { Effect } from '@holdfast/store'
import { tell } from '../effects/output.ts'
import { askToConnect } from '../sessions/login.ts'
import type { Command, Turn } from './command.ts'
import { parseLogin } from './parse.ts'
import { boundedPassword, promptForPassword } from './password-prompt.ts'

/** `connect name password`; `connect name` alone asks for the password with the echo off. */
export const connect: Command = { name: 'connect', at: 'login', run: (turn) => connectAs(turn, false) }

/** `cd`, `ch`: connect hidden, for those who may (wizards); others are connected as usual. */
export const cd: Command = { name: 'cd', at: 'login', page: 'connect', run: (turn) => connectAs(turn, true) }
export const ch: Command = { ...cd, name: 'ch' }

function connectAs({ session, inputSequence, words }: Turn, hidden: boolean): readonly Effect[] {
  const { name, password } = parseLogin(words.argument)
  if (name === '') return [tell(session, 'Connect as whom? connect <name> <password>')]
  if (password === null) return promptForPassword(session, hidden ? 'hidden' : 'connect', name)
  return askToConnect({ name, password: boundedPassword(password), hidden, inputSequence })
}
