import { actorOf, tell } from '../effects/output.ts'
import { exitNames } from '../world/names.ts'
import { controls } from '../world/sight.ts'
import { parseDbref, type WorldEditor } from '../world/world.ts'
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
  const wanted = right === null || right === '' ? null : parseDbref(right)
  const target = wanted === null ? null : await world.object(wanted)
  const linkable = target?.type === 'room' && controls(builder, target)
  const name = exitNames(left).join(';')
  const destination = linkable ? target.dbref : null
  const exit = await world.create({ type: 'exit', name, location, destination, owner: builder.dbref })
  const opened = `Opened exit #${exit}`
  if (right === null || right === '') return opened
  if (linkable) return `${opened}\nTrying to link...\nLinked exit #${exit} to #${target.dbref}`
  return `${opened}\nTrying to link...\n${target?.type === 'room' ? DENIED : 'That is not a room.'}`
}
