import type { Effect, GameContext } from '@holdfast/store'
import type { OutputPart, SessionRecord } from '@holdfast/store/contracts'
import { z } from 'zod'
import { actorOf, lines, othersIn, ownOthers, presentIn, show, tell, tellAll } from '../effects/output.ts'
import type { Texts } from '../text/texts.ts'
import { renderRoom, seeRoom, sightSchema } from '../world/sight.ts'
import { LIMBO, parseDbref } from '../world/world.ts'
import { ADMITTING_KIND, STORING_KIND } from './admitted.ts'
import type { Inquiry, LoginPolicy } from './inquiry.ts'
import { type Binding, bind, disconnect, unbind } from './session-service.ts'

/**
 * The second half of a login: the player is known. The session is bound in memory, then the binding is stored, then the
 * player is told, in this order: `bindAndStore`, and what `storing` answers.
 */
export function bindAndStore(binding: Binding, loginWithoutRedis: LoginPolicy): readonly Effect[] {
  const { kind } = loginWithoutRedis === 'allow' ? storing : admitting
  return [bind(binding), { kind: 'ask', question: { kind, content: '' } }]
}

const storedSchema = z.object({ stored: z.enum(['stored', 'unavailable']), sight: sightSchema.nullable() })
type Stored = z.infer<typeof storedSchema>

export const NOT_STORED_YET =
  'Your login is not stored yet: the store does not answer. You can play; it will be stored as soon as it does.'
export const NOT_LET_IN = 'The game cannot store your login right now. Please try again in a moment.'

/** Stores the binding, and sees the room meanwhile, so that a replay shows what was seen. */
export const storing: Inquiry = {
  kind: STORING_KIND,
  async work({ session, tools, world }) {
    const room = parseDbref(session.room ?? '') ?? LIMBO
    const [stored, seen] = await Promise.all([
      tools.storeBinding(),
      world.read((reader) => seeRoom(reader, room), { patient: true }),
    ])
    const answer: Stored = { stored, sight: seen.kind === 'done' ? seen.value : null }
    return JSON.stringify(answer)
  },
  answered({ session, answer, context, texts, loginWithoutRedis }) {
    const stored = storedSchema.parse(JSON.parse(answer))
    if (stored.stored === 'stored' || loginWithoutRedis === 'allow') return welcome(session, stored, context, texts)
    return [unbind(), tell(session, NOT_LET_IN)]
  },
}

/** The same where a login that is not stored is refused: its session hears nothing before the answer. */
export const admitting: Inquiry = { ...storing, kind: ADMITTING_KIND }

/** First what is always there (outputs, event), so that a replay counts them the same, then what may differ. */
function welcome(session: SessionRecord, { stored, sight }: Stored, context: GameContext, texts: Texts): Effect[] {
  const actor = actorOf(session)
  const others = ownOthers(session, context.sessions)
  const present = presentIn(actor.room, context.sessions)
  // Also one whose login was still being stored when its gateway died. And one that nobody can resume though it is not known
  // to be detached: its owner may know better by now, and passes the order over where it is not.
  const left = context.sessions
    .ofPlayer(actor.player)
    .filter(({ sid, status, tokenHash }) => sid !== session.sid && (status === 'detached' || tokenHash === null))
  const parts: OutputPart[] = [
    { kind: 'bind', player: actor.player, playerName: actor.name, loginState: 'loggedIn' },
    lines(texts.motd),
    lines(sight ? renderRoom(sight, actor, present) : 'You cannot make out where you are.'),
    ...(stored === 'stored' ? [] : [lines(NOT_STORED_YET)]),
  ]
  return [
    show([session], parts),
    announce(session, context, others.length > 0 ? 'reconnected' : 'connected'),
    stateChanged('bind', session, { stored: stored === 'stored' }),
    // Its gateway died or its client is gone: the player has come back as this session, so the room hears nothing of it.
    ...left.map((each) => disconnect(each.sid, 'replaced', null)),
  ]
}

/** What the room reads of a coming or going. Of somebody who hides only its wizards hear. */
export function announce(session: SessionRecord, context: GameContext, what: string): Effect {
  const { player, room, name } = actorOf(session)
  const others = othersIn(room, player, context)
  if (!session.hidden) return tellAll(others, `${name} has ${what}.`)
  const wizards = others.filter((each) => each.wizard)
  return tellAll(wizards, `${name} has HIDDEN-${what}.`)
}

/** For the console. */
export function stateChanged(
  change: 'bind' | 'unbind' | 'password',
  { player, playerName }: SessionRecord,
  detail: Readonly<Record<string, string | boolean>>,
): Effect {
  return { kind: 'event', type: 'connection.state-changed', detail: { change, player, playerName, ...detail } }
}
