import { actorOf, tell } from '../effects/output.ts'
import { exitNames, objectNameProblem } from '../world/names.ts'
import { controls } from '../world/sight.ts'
import type { WorldEditor } from '../world/world.ts'
import { DENIED, exitNameProblem, hasQuota, OUT_OF_QUOTA, roomOf } from './building.ts'
import { changeWorldOnce } from './change-world.ts'
import type { Command, Turn } from './command.ts'
import { splitAtEquals } from './parse.ts'

/** `@dig Hall`, `@dig Hall=North;n,South;s`: a room, an exit to it from here, and one back. */
export const dig: Command = {
  name: '@dig',
  at: 'game',
  async run(turn) {
    const plan = planOf(turn)
    if (typeof plan === 'string') return [tell(turn.session, plan)]
    return changeWorldOnce(turn, async (world) => [tell(turn.session, await digRoom(world, turn, plan))])
  },
}

interface Plan {
  name: string
  to: string | null
  back: string | null
}

/** The plan, or what is wrong with it. */
function planOf({ words, isCommandName }: Turn): Plan | string {
  const { left, right } = splitAtEquals(words.argument)
  const [to = '', back = ''] = (right ?? '').split(',').map((each) => each.trim())
  if (left === '') return 'Dig what?'
  const wrongRoom = objectNameProblem(left)
  if (wrongRoom !== null) return `That is no name for a room: ${wrongRoom}.`
  for (const exit of [to, back]) {
    const problem = exit === '' ? null : exitNameProblem(exit, isCommandName)
    if (problem !== null) return `That is no name for an exit: ${problem}.`
  }
  return {
    name: left,
    to: to === '' ? null : exitNames(to).join(';'),
    back: back === '' ? null : exitNames(back).join(';'),
  }
}

async function digRoom(world: WorldEditor, { session }: Turn, { name, to, back }: Plan): Promise<string> {
  const builder = actorOf(session)
  const owner = builder.dbref
  const here = await roomOf(world, builder)
  const start = await world.object(here)
  if (to !== null && !(start && controls(builder, start))) return DENIED
  if (!(await hasQuota(world, builder, 3))) return OUT_OF_QUOTA
  const room = await world.create({ type: 'room', name, location: null, destination: null, owner })
  const lines = [`${name} created with room number ${room}.`]
  const open = async (exitName: string, location: number, destination: number): Promise<void> => {
    const exit = await world.create({ type: 'exit', name: exitName, location, destination, owner })
    lines.push(`Opened exit #${exit}`, 'Trying to link...', `Linked exit #${exit} to #${destination}`)
  }
  if (to !== null) await open(to, here, room)
  if (back !== null) await open(back, room, here)
  return lines.join('\n')
}
