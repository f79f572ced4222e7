import { tell } from '../effects/output.ts'
import type { Command } from './command.ts'
import { formatIdle, formatOnFor, idleMs, sessionsShown } from './who-table.ts'

/** `SESSION`: for wizards, who is connected from where, with the port that `@boot/port` takes. */
export const session: Command = {
  name: 'SESSION',
  at: 'game',
  inFull: true,
  wizardsOnly: true,
  run({ session, context, words }) {
    const question = { at: context.at, viewer: session, prefix: words.argument }
    const rows = sessionsShown(context.sessions.all(), question).map((each) =>
      [
        (each.playerName ?? '').padEnd(16),
        String(each.handle).padStart(6),
        (each.room ?? '').padStart(6),
        formatOnFor(context.at - each.connectedAt).padStart(10),
        formatIdle(idleMs(each, question)).padStart(5),
        String(each.commandCount).padStart(6),
        ` ${each.host}${each.status === 'detached' ? ' (detached)' : ''}`,
      ].join(' '),
    )
    const head = 'Player Name        Port  Loc #     On For  Idle   Cmds  Host'
    return [tell(session, [head, ...rows].join('\n'))]
  },
}
