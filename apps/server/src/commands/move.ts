import type { Effect } from '@holdfast/store'
import { actorOf, othersIn, presentIn, sessionsOf, tell, tellAll } from '../effects/output.ts'
import { moved } from '../sessions/session-service.ts'
import { renderRoom, type Sight, seeRoom } from '../world/sight.ts'
import { type Dbref, formatDbref, LIMBO, type WorldEditor } from '../world/world.ts'
import { changeWorld, type WorldChange } from './change-world.ts'
import type { Turn } from './command.ts'
import { matchExit } from './match-object.ts'

/** Takes the exit that the whole line names; `nothing` where there is none. */
export function takeExit(turn: Turn): Promise<WorldChange> {
  return changeWorld(turn, async (world) => {
    const from = await placeOf(world, turn)
    const exit = matchExit(await world.contents(from), turn.words.line)
    if (!exit) return null
    if (exit.destination === null) return [tell(turn.session, "You can't go that way.")]
    return go(world, turn, { from, to: exit.destination, saying: [] })
  })
}

/** Takes the player home. */
export async function goHome(world: WorldEditor, turn: Turn, saying: readonly string[]): Promise<readonly Effect[]> {
  const from = await placeOf(world, turn)
  const player = await world.object(actorOf(turn.session).dbref)
  return go(world, turn, { from, to: player?.destination ?? LIMBO, saying })
}

/** Where the player is by the world's word; held, so that two sessions of a player do not move it at once. */
async function placeOf(world: WorldEditor, { session }: Turn): Promise<Dbref> {
  return (await world.lock(actorOf(session).dbref))?.location ?? LIMBO
}

interface Way {
  from: Dbref
  to: Dbref
  /** Lines before the look of the new place. */
  saying: readonly string[]
}

async function go(world: WorldEditor, turn: Turn, { from, to, saying }: Way): Promise<readonly Effect[]> {
  const sight = await seeRoom(world, to)
  if (!sight) return [tell(turn.session, "You can't go that way.")]
  await world.move(actorOf(turn.session).dbref, to)
  return arrival(turn, { from, to, saying }, sight)
}

/** Always three outputs: who is left, who is met, and what the player sees at all of its sessions. */
function arrival({ session, context }: Turn, { from, to, saying }: Way, sight: Sight): readonly Effect[] {
  const actor = actorOf(session)
  const room = formatDbref(to)
  const own = sessionsOf(session, context.sessions)
  // Also one that is not let in yet: it is to be let in where its player is then.
  const elsewhere = context.sessions.ofPlayer(actor.player).filter((each) => each.sid !== session.sid)
  const look = renderRoom(sight, actor, presentIn(room, context.sessions))
  return [
    { kind: 'set', fields: { room } },
    tellAll(othersIn(formatDbref(from), actor.player, context), `${actor.name} has left.`),
    tellAll(othersIn(room, actor.player, context), `${actor.name} has arrived.`),
    tellAll(own, [...saying, look].join('\n')),
    ...elsewhere.map((each) => moved(each.sid, room)),
  ]
}
