import type { Effect } from '@holdfast/store'
import { actorOf, tell, tellAll } from '../effects/output.ts'
import type { Command, Turn } from './command.ts'
import { type ConnectedPlayer, matchPlayer } from './match-player.ts'
import { parseNames, splitAtEquals } from './parse.ts'
import { PAGED_KEY } from './reserved-meta.ts'

/** How many one page may go to. */
const PAGED_MAX = 20

/** `page Bob=hello`, `page Bob Carol=:waves`; `page hello` goes to whom the last one went. */
export const page: Command = {
  name: 'page',
  aliases: ['p'],
  at: 'game',
  run(turn) {
    const { session, words } = turn
    const { left, right } = splitAtEquals(words.argument)
    const last = session.meta[PAGED_KEY] ?? ''
    const names = right === null || left === '' ? last.split(',').filter((name) => name !== '') : parseNames(left)
    const message = right ?? left
    if (words.argument === '') {
      return [tell(session, last === '' ? 'You have not paged anybody yet.' : `You last paged ${last}.`)]
    }
    if (names.length === 0) return [tell(session, 'You have not paged anybody yet. Whom do you want to page?')]
    if (names.length > PAGED_MAX) return [tell(session, `You can page ${PAGED_MAX} players at once.`)]
    if (message === '') return [tell(session, 'What do you want to page?')]
    return pageAll(turn, names, message)
  },
}

function pageAll({ session, context }: Turn, names: readonly string[], message: string): Effect[] {
  const actor = actorOf(session)
  const found = new Map<string, ConnectedPlayer>()
  const problems: string[] = []
  for (const name of names) {
    const match = matchPlayer(name, session, context.sessions)
    if (match.kind === 'one') found.set(match.found.player, match.found)
    else if (match.kind === 'none') problems.push(`${name} is not connected.`)
    else problems.push(`I don't know which one you mean by "${name}": ${match.names.join(', ')}.`)
  }
  const paged = [...found.values()]
  if (paged.length === 0) return [tell(session, problems.join('\n'))]
  const { sent, heard } = wordPage(actor.name, paged, message)
  return [
    tell(session, [...problems, sent].join('\n')),
    tellAll(
      paged.flatMap((each) => each.sessions),
      heard,
    ),
    { kind: 'set', fields: { meta: { [PAGED_KEY]: paged.map((each) => each.name).join(',') } } },
  ]
}

function wordPage(speaker: string, paged: readonly ConnectedPlayer[], message: string) {
  const names = paged.map((each) => each.name)
  const list = names.length > 1 ? `(${names.join(', ')})` : names.join('')
  const toMany = names.length > 1 ? ` ${list}` : ''
  const pose = message.startsWith(':') ? ` ${message.slice(1)}` : message.startsWith(';') ? message.slice(1) : null
  if (pose === null) {
    return { sent: `You paged ${list} with '${message}'.`, heard: `${speaker} pages${toMany}: ${message}` }
  }
  const heard = `From afar${names.length > 1 ? ` (to ${names.join(', ')})` : ''}, ${speaker}${pose}`
  return { sent: `Long distance to ${list}: ${speaker}${pose}`, heard }
}
