import type { Actor } from '../effects/output.ts'
import { exitNames, objectNameProblem } from '../world/names.ts'
import { type Dbref, LIMBO, type WorldReader } from '../world/world.ts'

/** What the building commands share. */

/** How many objects a player may own who is no wizard. */
export const OBJECTS_OWNED_MAX = 200

export const OUT_OF_QUOTA = 'Sorry, your building quota has run out.'
export const DENIED = 'Permission denied.'

/** Whether the builder may own `more` objects. */
export async function hasQuota(world: WorldReader, builder: Actor, more: number): Promise<boolean> {
  return builder.wizard || (await world.owned(builder.dbref)) + more <= OBJECTS_OWNED_MAX
}

/** Where the builder is, by the world's word. */
export async function roomOf(world: WorldReader, builder: Actor): Promise<Dbref> {
  return (await world.object(builder.dbref))?.location ?? LIMBO
}

/** An exit has a name and a few aliases. */
const EXIT_NAMES_MAX = 8

/**
 * The problem with an exit's name and aliases, or null. A command's own name is refused: commands of speech are answered
 * without asking the world, so such an exit could never be taken. (PennMUSH lets the exit win.)
 */
export function exitNameProblem(name: string, isCommand: (word: string) => boolean): string | null {
  const names = exitNames(name)
  if (names.length === 0) return 'a name has at least one character'
  if (names.length > EXIT_NAMES_MAX) return `an exit has at most ${EXIT_NAMES_MAX} names`
  const taken = names.find(isCommand)
  if (taken !== undefined) return `"${taken}" is a command`
  return names.map(objectNameProblem).find((problem) => problem !== null) ?? null
}
