import { actorOf, othersIn, sessionsOf, tell, tellAll } from '../effects/output.ts'
import type { Command } from './command.ts'

/** `pose waves`, `:waves`; `;'s hat` without the space. Everybody reads the same line. */
export const pose: Command = {
  name: 'pose',
  at: 'game',
  switches: ['nospace'],
  run({ session, context, words }) {
    const actor = actorOf(session)
    if (words.argument.trim() === '') return [tell(session, 'What do you want to do?')]
    const text = `${actor.name}${words.switches.includes('nospace') ? '' : ' '}${words.argument}`
    const listeners = [...sessionsOf(session, context.sessions), ...othersIn(actor.room, actor.player, context)]
    return [tellAll(listeners, text)]
  },
}
