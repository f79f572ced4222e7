import { tell } from '../effects/output.ts'
import type { Command, Turn } from './command.ts'
import { whoTable } from './who-table.ts'

const run = ({ session, context, words }: Turn) => {
  const question = { at: context.at, viewer: session, prefix: words.argument }
  return [tell(session, whoTable(context.sessions.all(), question))]
}

/** `WHO`, `WHO Al`: who is connected, on all servers. */
export const who: Command = { name: 'WHO', at: 'both', run }

/** `DOING`: the same list; PennMUSH gives wizards another WHO, and clients ask for DOING to have this one. */
export const doingList: Command = { name: 'DOING', at: 'both', page: 'who', run }
