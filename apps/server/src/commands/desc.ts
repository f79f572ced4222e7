import { actorOf, tell } from '../effects/output.ts'
import { DESCRIPTION_LENGTH_MAX, shownName } from '../world/names.ts'
import { controls } from '../world/sight.ts'
import type { WorldEditor } from '../world/world.ts'
import { DENIED, roomOf } from './building.ts'
import { changeWorldOnce } from './change-world.ts'
import type { Command, Turn } from './command.ts'
import { matchObject } from './match-object.ts'
import { splitAtEquals } from './parse.ts'

/** `@desc here=A hall of driftwood.`, `@desc me=`. */
export const desc: Command = {
  name: '@desc',
  aliases: ['@describe'],
  at: 'game',
  async run(turn) {
    const { left, right } = splitAtEquals(turn.words.argument)
    if (left === '') return [tell(turn.session, 'Describe what?')]
    if ((right ?? '').length > DESCRIPTION_LENGTH_MAX) {
      return [tell(turn.session, `A description has at most ${DESCRIPTION_LENGTH_MAX} characters.`)]
    }
    return changeWorldOnce(turn, async (world) => [tell(turn.session, await describe(world, turn, left, right ?? ''))])
  },
}

async function describe(world: WorldEditor, { session }: Turn, target: string, text: string): Promise<string> {
  const actor = actorOf(session)
  const match = await matchObject(world, target, actor, await roomOf(world, actor))
  if (match.kind === 'none') return "I don't see that here."
  if (match.kind === 'many') return "I don't know which one you mean!"
  if (!controls(actor, match.object)) return DENIED
  await world.describe(match.object.dbref, text)
  return `${shownName(match.object.name)}/DESCRIBE - ${text === '' ? 'Cleared' : 'Set'}.`
}
