import { actorOf, tell, tellAll } from '../effects/output.ts'
import { isAdmitted } from '../sessions/admitted.ts'
import type { Command } from './command.ts'

/** `@wall The tide turns at nine.`: to every player; `@wall :waves` as a pose. */
export const wall: Command = {
  name: '@wall',
  at: 'game',
  wizardsOnly: true,
  run({ session, context, words }) {
    const { name } = actorOf(session)
    const text = words.argument
    if (text === '') return [tell(session, 'What do you want to announce?')]
    const players = context.sessions.all().filter(isAdmitted)
    const posed = text.startsWith(':') ? ` ${text.slice(1)}` : text.startsWith(';') ? text.slice(1) : null
    return [tellAll(players, `Announcement: ${name}${posed ?? ` shouts, "${text}"`}`)]
  },
}
