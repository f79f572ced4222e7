import type { Effect, GameContext } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { z } from 'zod'
import { effectsSchema } from '../effects/effect-schema.ts'
import { tell } from '../effects/output.ts'
import type { Inquiry } from '../sessions/inquiry.ts'
import type { World, WorldEditor } from '../world/world.ts'

export const WORLD_AWAY = 'The world cannot be reached right now; nothing was changed. Please try again in a moment.'

type Site = { readonly session: SessionRecord; readonly context: GameContext; readonly world: World }

/** `nothing`: `change` gave null, and the turn is free to change the world otherwise. */
export type WorldChange =
  | { kind: 'done'; effects: readonly Effect[] }
  | { kind: 'nothing' }
  | { kind: 'away'; effects: readonly Effect[] }

/**
 * Changes the world once for the record that is applied. `change` gives the effects; it may run again, so it only asks
 * and changes the world that it is given. Where Postgres is away the effects say so.
 */
export async function changeWorld(
  { session, context, world }: Site,
  change: (world: WorldEditor) => Promise<readonly Effect[] | null>,
): Promise<WorldChange> {
  const outcome = await world.change(session.sid, context.key, change)
  switch (outcome.kind) {
    case 'done':
    case 'nothing':
      return outcome
    case 'unavailable':
      // A former owner may have changed the world for this record: only Postgres knows.
      if (context.isReplay) return settleFirst(context)
      return { kind: 'away', effects: [tell(session, WORLD_AWAY)] }
    case 'unsettled':
      return settleFirst(context)
  }
}

const settleFirst = ({ key }: GameContext): WorldChange => ({
  kind: 'done',
  effects: [{ kind: 'ask', question: { kind: settling.kind, content: key } }],
})

/** The same for a command whose change always has effects. */
export async function changeWorldOnce(
  site: Site,
  change: (world: WorldEditor) => Promise<readonly Effect[]>,
): Promise<readonly Effect[]> {
  const outcome = await changeWorld(site, change)
  return outcome.kind === 'nothing' ? [] : outcome.effects
}

const settlementSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), effects: effectsSchema }),
  z.object({ kind: z.literal('not-done') }),
])

/**
 * Whether a change whose COMMIT was not answered was applied. The session waits for it, however long Postgres is away:
 * to go on without knowing would be to apply it half. The question's content is the change's key.
 */
export const settling: Inquiry = {
  kind: 'settle',
  async work({ session, content, tools, world }) {
    return JSON.stringify(await world.settle(session.sid, content, tools.signal))
  },
  answered({ session, answer }) {
    const settlement = settlementSchema.parse(JSON.parse(answer))
    return settlement.kind === 'done' ? settlement.effects : [tell(session, WORLD_AWAY)]
  },
}
