import type { Effect } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { z } from 'zod'
import { changeWorldOnce } from '../commands/change-world.ts'
import { tell } from '../effects/output.ts'
import { nameProblem, passwordProblem } from '../world/names.ts'
import { formatDbref, LIMBO, WIZARD_FLAG } from '../world/world.ts'
import { bindAndStore } from './binding.ts'
import type { Inquiry } from './inquiry.ts'

/**
 * The first half of a login: from a name and a password to a player. The password's hash takes some 20 ms, so it is
 * worked on beside the line; what the player typed travels sealed. A line that logs in gives an `ask`, whose answer comes
 * back as a record: on a replay the logged answer is the one that counts.
 */

const connectContent = z.object({ name: z.string(), password: z.string(), hidden: z.boolean(), inputSequence: z.int() })
const createContent = connectContent.omit({ hidden: true })
export type ConnectWish = z.infer<typeof connectContent>
export type CreateWish = z.infer<typeof createContent>

/** One text for both, as the time is one for both: who asks must not learn which names exist. */
export const REFUSED = 'Either that player does not exist, or has a different password.'
export const CANNOT_CHECK = 'The game cannot check passwords right now. Please try again in a moment.'
export const NAME_TAKEN = 'Either there is already a player with that name, or that name is illegal.'

const ask = (kind: string, content: unknown): Effect => ({
  kind: 'ask',
  question: { kind, content: JSON.stringify(content) },
})

/** Asks whether a name and a password go together. */
export function askToConnect(wish: ConnectWish): readonly Effect[] {
  return [ask(connecting.kind, wish)]
}

/** Asks for a new player; what is wrong by its looks is told at once. */
export function askToCreate(session: SessionRecord, wish: CreateWish): readonly Effect[] {
  const wrong = nameProblem(wish.name) ?? passwordProblem(wish.password)
  return wrong === null ? [ask(creating.kind, wish)] : [tell(session, notThat(wrong))]
}

/** What is wrong with a new player's name by its looks; null where nothing is. */
export function refuseName(session: SessionRecord, name: string): readonly Effect[] | null {
  const wrong = nameProblem(name)
  return wrong === null ? null : [tell(session, notThat(wrong))]
}

const notThat = (problem: string): string => `That will not do: ${problem}.`

const connectAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('right'), dbref: z.int(), name: z.string(), room: z.int(), wizard: z.boolean() }),
  z.object({ kind: z.literal('refused') }),
  z.object({ kind: z.literal('unavailable') }),
])
type ConnectAnswer = z.infer<typeof connectAnswer>

export const connecting: Inquiry = {
  kind: 'connect',
  async work({ content, world, passwords }) {
    const { name, password } = connectContent.parse(JSON.parse(content))
    const read = await world.read(
      async (reader) => {
        const credentials = await reader.credentials(name)
        return { credentials, player: credentials && (await reader.object(credentials.dbref)) }
      },
      { patient: true },
    )
    const answer = (value: ConnectAnswer): string => JSON.stringify(value)
    if (read.kind === 'unavailable') return answer({ kind: 'unavailable' })
    const { credentials, player } = read.value
    const verdict = await passwords.verify(credentials?.passwordHash ?? null, password)
    if (verdict.kind === 'busy') return answer({ kind: 'unavailable' })
    if (verdict.kind === 'wrong' || !player) return answer({ kind: 'refused' })
    const { dbref, location, flags } = player
    return answer({
      kind: 'right',
      dbref,
      name: player.name,
      room: location ?? LIMBO,
      wizard: flags.includes(WIZARD_FLAG),
    })
  },
  answered({ session, content, answer, loginWithoutRedis }) {
    const { hidden, inputSequence } = connectContent.parse(JSON.parse(content))
    const verdict = connectAnswer.parse(JSON.parse(answer))
    if (verdict.kind === 'refused') return [tell(session, REFUSED)]
    if (verdict.kind === 'unavailable') return [tell(session, CANNOT_CHECK)]
    const { dbref, name, room, wizard } = verdict
    const player = { player: formatDbref(dbref), playerName: name, wizard, room: formatDbref(room) }
    return bindAndStore({ ...player, hidden: hidden && wizard, inputSequence }, loginWithoutRedis)
  },
}

const createAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hashed'), passwordHash: z.string() }),
  z.object({ kind: z.literal('busy') }),
])

export const creating: Inquiry = {
  kind: 'create',
  async work({ content, passwords }) {
    return JSON.stringify(await passwords.hash(createContent.parse(JSON.parse(content)).password))
  },
  answered({ session, content, answer, context, world, loginWithoutRedis }) {
    const { name, inputSequence } = createContent.parse(JSON.parse(content))
    const hashing = createAnswer.parse(JSON.parse(answer))
    if (hashing.kind === 'busy') return [tell(session, CANNOT_CHECK)]
    return changeWorldOnce({ session, context, world }, async (editor) => {
      const { passwordHash } = hashing
      const dbref = await editor.createPlayer({ name, passwordHash, location: LIMBO, flags: [] })
      if (dbref === null) return [tell(session, NAME_TAKEN)]
      const player = { player: formatDbref(dbref), playerName: name, wizard: false, room: formatDbref(LIMBO) }
      return bindAndStore({ ...player, hidden: false, inputSequence }, loginWithoutRedis)
    })
  },
}
