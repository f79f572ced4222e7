import { tell } from '../effects/output.ts'
import { askToCreate, refuseName } from '../sessions/login.ts'
import type { Command } from './command.ts'
import { parseLogin } from './parse.ts'
import { promptForPassword } from './password-prompt.ts'

/** `create name password`, `create "two words" password`; `create name` alone asks for the password with the echo off. */
export const create: Command = {
  name: 'create',
  at: 'login',
  run({ session, inputSequence, words }) {
    const { name, password } = parseLogin(words.argument)
    if (name === '') return [tell(session, 'Create whom? create <name> <password>')]
    if (password !== null) return askToCreate(session, { name, password, inputSequence })
    return refuseName(session, name) ?? promptForPassword(session, 'create', name)
  },
}
