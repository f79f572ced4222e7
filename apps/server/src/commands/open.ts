import { type Actor, actorOf, tell } from '../effects/output.ts'
import { exitNames } from '../world/names.ts'
import { controls } from '../world/sight.ts'
import { type Dbref, parseDbref, type WorldEditor } from '../world/world.ts'
import { DENIED, exitNameProblem, hasQuota, OUT_OF_QUOTA, roomOf } from './building.ts'
import { changeWorldOnce } from './change-world.ts'
import type { Command, Turn } from './command.ts'
import { splitAtEquals } from './parse.ts'

/** `@open North;n`, `@open North;n=#12`. */
export const open: Command = {
  name: '@open',
  at: 'game',
  async run(turn) {
    const { left } = splitAtEquals(turn.words.argument)
    const problem = exitNameProblem(left, turn.isCommandName)
    if (problem !== null) return [tell(turn.session, `That is no name for an exit: ${problem}.`)]
    return changeWorldOnce(turn, async (world) => [tell(turn.session, await openExit(world, turn))])
  },
}

async function openExit(world: WorldEditor, { session, words }: Turn): Promise<string> {
  const builder = actorOf(session)
  const { left, right } = splitAtEquals(words.argument)
  const location = await roomOf(world, builder)
  const here = await world.object(location)
  if (!here || !controls(builder, here)) return DENIED
  if (!(await hasQuota(world, builder, 1))) return OUT_OF_QUOTA
  // All that may be refused is, before anything is made: an exit that leads nowhere is not what was asked for.
  const target = await targetOf(world, builder, right ?? '')
  if (typeof target === 'string') return target
  const name = exitNames(left).join(';')
  const exit = await world.create({ type: 'exit', name, location, destination: target.room, owner: builder.dbref })
  const opened = `Opened exit #${exit}`
  return target.room === null ? opened : `${opened}\nTrying to link...\nLinked exit #${exit} to #${target.room}`
}

/** Where the exit is to lead, null for nowhere yet; or why it may not. */
async function targetOf(world: WorldEditor, builder: Actor, wanted: string): Promise<{ room: Dbref | null } | string> {
  if (wanted === '') return { room: null }
  const dbref = parseDbref(wanted)
  const target = dbref === null ? null : await world.object(dbref)
  if (target?.type !== 'room') return 'That is not a room.'
  return controls(builder, target) ? { room: target.dbref } : DENIED
}
