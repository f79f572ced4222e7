import { actorOf, othersIn, sessionsOf, tell, tellAll } from '../effects/output.ts'
import type { Command } from './command.ts'

/** `say hello`, `"hello`. */
export const say: Command = {
  name: 'say',
  at: 'game',
  run({ session, context, words }) {
    const actor = actorOf(session)
    if (words.argument === '') return [tell(session, 'What do you want to say?')]
    return [
      tellAll(sessionsOf(session, context.sessions), `You say, "${words.argument}"`),
      tellAll(othersIn(actor.room, actor.player, context), `${actor.name} says, "${words.argument}"`),
    ]
  },
}
