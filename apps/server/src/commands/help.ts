import { tell } from '../effects/output.ts'
import type { Command } from './command.ts'

/** `help`, `help say`, `help ch`, `help "`: from the files in text/help. */
export const help: Command = {
  name: 'help',
  at: 'both',
  run({ session, words, texts, pageNamed }) {
    const wanted = (words.argument === '' ? 'help' : words.argument).toLowerCase()
    const topic = wanted.replace(/^@/, '')
    const exact = texts.help.get(topic) ?? texts.help.get(pageNamed(wanted) ?? '')
    if (exact !== undefined) return [tell(session, exact)]
    const begun = [...texts.help.keys()].filter((each) => each.startsWith(topic)).sort()
    const [only, another] = begun
    if (only === undefined) return [tell(session, `No entry for '${words.argument}'.`)]
    if (another !== undefined) return [tell(session, `Here are the entries which match: ${begun.join(', ')}`)]
    return [tell(session, texts.help.get(only) ?? '')]
  },
}
