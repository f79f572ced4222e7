import type { Effect } from '@holdfast/store'
import { actorOf, presentIn, tell } from '../effects/output.ts'
import { nameFor, renderRoom, seeRoom } from '../world/sight.ts'
import { type Dbref, formatDbref, LIMBO, type WorldReader } from '../world/world.ts'
import type { Command, Turn } from './command.ts'
import { matchObject } from './match-object.ts'

export const CANNOT_SEE = 'The world cannot be seen right now. Please try again in a moment.'

/** `look`, `look here`, `look Bob`. One output, whatever is there to be seen. */
export const look: Command = {
  name: 'look',
  aliases: ['l'],
  at: 'game',
  async run(turn) {
    const seen = await turn.world.read((world) => lookAround(world, turn))
    return seen.kind === 'done' ? seen.value : [tell(turn.session, CANNOT_SEE)]
  },
}

async function lookAround(world: WorldReader, turn: Turn): Promise<Effect[]> {
  const { session, context, words } = turn
  const viewer = actorOf(session)
  const location = (await world.object(viewer.dbref))?.location ?? LIMBO
  const target = words.argument.replace(/^at /i, '')
  if (target !== '' && target.toLowerCase() !== 'here')
    return [tell(session, await lookAt(world, target, turn, location))]
  const room = formatDbref(location)
  const sight = await seeRoom(world, location)
  const text = sight ? renderRoom(sight, viewer, presentIn(room, context.sessions)) : CANNOT_SEE
  // The session's room follows the world's word: they differ after a move whose effects were lost with its replay.
  const moved: Effect[] = room === session.room ? [] : [{ kind: 'set', fields: { room } }]
  return [...moved, tell(session, text)]
}

async function lookAt(world: WorldReader, target: string, { session }: Turn, location: Dbref): Promise<string> {
  const viewer = actorOf(session)
  const match = await matchObject(world, target, viewer, location)
  if (match.kind === 'none') return "I can't see that here."
  if (match.kind === 'many') return "I don't know which one you mean!"
  const { object } = match
  return `${nameFor(viewer, object)}\n${object.description === '' ? 'You see nothing special.' : object.description}`
}
