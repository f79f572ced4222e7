import type { SessionRecord } from '@holdfast/store/contracts'
import { z } from 'zod'
import { shownName } from './names.ts'
import { type Dbref, formatDbref, OBJECT_TYPES, type Placed, type WorldObject, type WorldReader } from './world.ts'

/**
 * What a place looks like: the world's part of it, which can be carried in an answer. Who stands there is no part: players
 * are seen while they are connected, which the sessions tell.
 */
const seenSchema = z.object({
  dbref: z.int(),
  type: z.enum(OBJECT_TYPES),
  name: z.string(),
  owner: z.int(),
  flags: z.array(z.string()),
})
export const sightSchema = z.object({
  room: seenSchema.extend({ description: z.string() }),
  contents: z.array(seenSchema),
})
export type Sight = Readonly<z.infer<typeof sightSchema>>
type Seen = Pick<Placed, 'dbref' | 'type' | 'name' | 'owner' | 'flags'>

/** Null where there is no such place. */
export async function seeRoom(world: WorldReader, dbref: Dbref): Promise<Sight | null> {
  const room = await world.object(dbref)
  if (room === null) return null
  const contents = await world.contents(dbref)
  return {
    room: { ...seen(room), description: room.description },
    contents: contents.filter((each) => each.type !== 'player').map(seen),
  }
}

const seen = ({ dbref, type, name, owner, flags }: Seen) => ({ dbref, type, name, owner, flags: [...flags] })

/** Who looks. */
export interface Viewer {
  readonly dbref: Dbref
  readonly wizard: boolean
}

const TYPE_LETTERS = { room: 'R', thing: 'T', exit: 'E', player: 'P' } as const

/** Whether somebody may change an object, and so sees its number. */
export const controls = (viewer: Viewer, object: Pick<WorldObject, 'owner' | 'dbref'>): boolean =>
  viewer.wizard || object.owner === viewer.dbref || object.dbref === viewer.dbref

/** `Limbo`, or `Limbo(#0R)` for who controls it. */
export function nameFor(viewer: Viewer, object: Seen): string {
  const name = shownName(object.name)
  if (!controls(viewer, object)) return name
  const flags = object.flags.map((flag) => flag[0] ?? '').join('')
  return `${name}(${formatDbref(object.dbref)}${TYPE_LETTERS[object.type]}${flags})`
}

/** A room as `look` shows it. `present`: the sessions of its players; the viewer's own are left out. */
export function renderRoom(sight: Sight, viewer: Viewer, present: readonly SessionRecord[]): string {
  const things = sight.contents.filter((each) => each.type === 'thing').map((each) => nameFor(viewer, each))
  const exits = sight.contents.filter((each) => each.type === 'exit').map((each) => shownName(each.name))
  const inside = [...playersOf(present, viewer), ...things]
  return [
    nameFor(viewer, sight.room),
    ...(sight.room.description === '' ? [] : [sight.room.description]),
    ...(inside.length === 0 ? [] : ['Contents:', ...inside]),
    ...(exits.length === 0 ? [] : ['Obvious exits:', exits.join('  ')]),
  ].join('\n')
}

function playersOf(present: readonly SessionRecord[], viewer: Viewer): string[] {
  const own = formatDbref(viewer.dbref)
  const names = new Map<string, string>()
  for (const { player, playerName, wizard } of present) {
    if (player === null || playerName === null || player === own) continue
    names.set(player, viewer.wizard ? `${playerName}(${player}P${wizard ? 'W' : ''}c)` : playerName)
  }
  return [...names.values()].sort()
}
