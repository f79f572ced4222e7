import { exitNames } from '../world/names.ts'
import type { Viewer } from '../world/sight.ts'
import { type Dbref, formatDbref, type Placed, parseDbref, type WorldObject, type WorldReader } from '../world/world.ts'

export type ObjectMatch = { kind: 'one'; object: WorldObject } | { kind: 'many' } | { kind: 'none' }

/**
 * The object that a player means, among what is near: `here`, `me`, `#12`, a whole name or exit's alias, else the
 * beginning of one name (exits by the whole name only). By number only what is near, but for wizards.
 */
export async function matchObject(world: WorldReader, text: string, viewer: Viewer, room: Dbref): Promise<ObjectMatch> {
  const wanted = text.toLowerCase()
  if (wanted === 'here' || wanted === formatDbref(room)) return oneOf(world, room)
  if (wanted === 'me') return oneOf(world, viewer.dbref)
  const near = await world.contents(room)
  const dbref = parseDbref(wanted)
  if (dbref !== null) {
    return viewer.wizard || near.some((each) => each.dbref === dbref) ? oneOf(world, dbref) : { kind: 'none' }
  }
  const exact = near.filter((each) => exitNames(each.name).some((name) => name.toLowerCase() === wanted))
  const begun = near.filter((each) => each.type !== 'exit' && each.name.toLowerCase().startsWith(wanted))
  const [found, another] = exact.length > 0 ? exact : begun
  if (!found || wanted === '') return { kind: 'none' }
  return another ? { kind: 'many' } : oneOf(world, found.dbref)
}

async function oneOf(world: WorldReader, dbref: Dbref): Promise<ObjectMatch> {
  const object = await world.object(dbref)
  return object ? { kind: 'one', object } : { kind: 'none' }
}

/** The exit that somebody who types `text` takes: a whole name or alias, the oldest where there are several. */
export function matchExit(near: readonly Placed[], text: string): Placed | undefined {
  const wanted = text.toLowerCase()
  return near.find((each) => each.type === 'exit' && exitNames(each.name).some((name) => name.toLowerCase() === wanted))
}
