import { z } from 'zod'
import { actorOf, tell } from '../effects/output.ts'
import { stateChanged } from '../sessions/binding.ts'
import type { Inquiry } from '../sessions/inquiry.ts'
import { PASSWORD_LENGTH_MAX, passwordProblem } from '../world/names.ts'
import { changeWorldOnce, WORLD_AWAY } from './change-world.ts'
import type { Command } from './command.ts'
import { splitAtEquals } from './parse.ts'

const contentSchema = z.object({ before: z.string(), after: z.string() })

/** `@password old=new`. */
export const password: Command = {
  name: '@password',
  at: 'game',
  inFull: true,
  run({ session, words }) {
    const { left, right } = splitAtEquals(words.argument)
    if (left === '' || right === null) return [tell(session, '@password <old password>=<new password>')]
    const problem = passwordProblem(right)
    if (problem !== null) return [tell(session, `Bad new password: ${problem}.`)]
    const content = { before: left.slice(0, PASSWORD_LENGTH_MAX + 1), after: right }
    return [{ kind: 'ask', question: { kind: changingPassword.kind, content: JSON.stringify(content) } }]
  },
}

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('right'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('wrong') }),
  z.object({ kind: z.literal('unavailable') }),
])
type Answer = z.infer<typeof answerSchema>

/** Both hashes are worked out beside the line; the change itself is one transaction, and fails if another came between. */
export const changingPassword: Inquiry = {
  kind: 'password',
  async work({ session, content, world, passwords }) {
    const answer = (value: Answer): string => JSON.stringify(value)
    const { before, after } = contentSchema.parse(JSON.parse(content))
    const read = await world.read((reader) => reader.credentials(actorOf(session).name), { patient: true })
    if (read.kind === 'unavailable') return answer({ kind: 'unavailable' })
    const from = read.value?.passwordHash ?? null
    const verdict = await passwords.verify(from, before)
    if (verdict.kind === 'busy') return answer({ kind: 'unavailable' })
    if (verdict.kind === 'wrong' || from === null) return answer({ kind: 'wrong' })
    const hashing = await passwords.hash(after)
    return answer(hashing.kind === 'busy' ? { kind: 'unavailable' } : { kind: 'right', from, to: hashing.passwordHash })
  },
  answered({ session, answer, context, world }) {
    const verdict = answerSchema.parse(JSON.parse(answer))
    if (verdict.kind === 'unavailable') return [tell(session, WORLD_AWAY)]
    if (verdict.kind === 'wrong') return [tell(session, 'The old password that you entered was incorrect.')]
    return changeWorldOnce({ session, context, world }, async (editor) => {
      const changed = await editor.changePassword(actorOf(session).dbref, verdict.from, verdict.to)
      if (!changed) return [tell(session, 'Your password was changed elsewhere meanwhile.')]
      // Consoles sign out at once whoever signed in with the old one.
      return [tell(session, 'You have changed your password.'), stateChanged('password', session, {})]
    })
  },
}
