import { tell } from '../effects/output.ts'
import type { Command } from './command.ts'
import { DOING_KEY } from './reserved-meta.ts'

/** What fits behind WHO's other columns on a screen of 80. */
const DOING_LENGTH_MAX = 40

/** `@doing Looking for trouble`, `@doing` to clear. */
export const doing: Command = {
  name: '@doing',
  at: 'game',
  run({ session, words }) {
    const text = words.argument.slice(0, DOING_LENGTH_MAX).toWellFormed()
    const said =
      text === '' ? 'Doing cleared.' : words.argument.length > DOING_LENGTH_MAX ? `Doing set to: ${text}` : 'Doing set.'
    return [{ kind: 'set', fields: { meta: { [DOING_KEY]: text === '' ? null : text } } }, tell(session, said)]
  },
}
