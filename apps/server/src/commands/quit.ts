import { sayGoodbye } from '../effects/output.ts'
import type { Command } from './command.ts'

/** `QUIT`: goodbye, then the close; in one output, so that nothing comes between. */
export const quit: Command = {
  name: 'QUIT',
  at: 'both',
  inFull: true,
  run: ({ session, texts }) => [sayGoodbye(session, 'quit', texts.goodbye)],
}
