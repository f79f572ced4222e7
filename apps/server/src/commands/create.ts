import { tell } from '../effects/output.ts'
import { askToCreate } from '../sessions/login.ts'
import type { Command } from './command.ts'
import { parseLogin } from './parse.ts'

/** `create name password`, `create "two words" password`. */
export const create: Command = {
  name: 'create',
  at: 'login',
  run({ session, inputSequence, words }) {
    const { name, password } = parseLogin(words.argument)
    if (password === null) return [tell(session, 'Create whom? create <name> <password>')]
    return askToCreate(session, { name, password, inputSequence })
  },
}
