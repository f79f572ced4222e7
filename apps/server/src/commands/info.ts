import { tell } from '../effects/output.ts'
import { isAdmitted } from '../sessions/admitted.ts'
import type { Command } from './command.ts'

/** `INFO`: what lists of games ask for, in the form that they read. */
export const info: Command = {
  name: 'INFO',
  at: 'login',
  run({ session, context }) {
    const connected = context.sessions.all().filter((each) => isAdmitted(each) && !each.hidden).length
    const lines = [
      '### Begin INFO 1.1',
      'Name: Holdfast',
      `Connected: ${connected}`,
      'Version: Holdfast',
      '### End INFO',
    ]
    return [tell(session, lines.join('\n'))]
  },
}
