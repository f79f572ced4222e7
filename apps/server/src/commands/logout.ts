import { lines, playsOn, show, tell } from '../effects/output.ts'
import { announce, stateChanged } from '../sessions/binding.ts'
import { unbind, update } from '../sessions/session-service.ts'
import type { Command } from './command.ts'
import { DOING_KEY, PAGED_KEY } from './reserved-meta.ts'

/** `LOGOUT`: the player leaves, the connection stays. */
export const logout: Command = {
  name: 'LOGOUT',
  at: 'both',
  inFull: true,
  run({ session, context, texts, beforeLogin }) {
    if (beforeLogin) return [tell(session, texts.banner)]
    return [
      announce(session, context, playsOn(session, context.sessions) ? 'partially disconnected' : 'disconnected'),
      show([session], [{ kind: 'bind', player: null, playerName: null, loginState: 'connected' }, lines(texts.banner)]),
      unbind(),
      update({ [DOING_KEY]: null, [PAGED_KEY]: null }),
      stateChanged('unbind', session, { reason: 'logout' }),
    ]
  },
}
