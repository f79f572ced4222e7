import { parseSid, type Sid } from '../contracts/index.ts'
import type { Effect, Game, GameContext } from '../partition/game.ts'

/**
 * The smallest game: it notes each thing that it is asked, and does what a line says. `say <text>`, `all <sid,...>`,
 * `ask <text>`, `go <room>`, `order <sid>`, `poison`, `once` (fails the first time), `slow` (answers when told to).
 */
export interface ToyGame extends Game {
  /** What it was asked, in order. */
  readonly heard: string[]
  readonly contexts: GameContext[]
  /** Lets the oldest slow line go on. */
  release(): void
  readonly slow: number
}

const says = (to: string, text: string): Effect => {
  return { kind: 'output', to: [asSid(to)], parts: [{ kind: 'text', text }] }
}

function asSid(text: string): Sid {
  const sid = parseSid(text)
  if (!sid) throw new TypeError('no sid')
  return sid
}

export function createToyGame(): ToyGame {
  const heard: string[] = []
  const contexts: GameContext[] = []
  const held: (() => void)[] = []
  const failed = new Set<string>()

  const effectsOf = (sid: string, line: string): Effect[] => {
    const [verb = '', rest = ''] = line.split(/ (.*)/s)
    if (verb === 'say') return [says(sid, rest)]
    if (verb === 'ask') return [{ kind: 'ask', question: { kind: 'toy', content: rest } }]
    if (verb === 'go') return [{ kind: 'set', fields: { room: rest, loginState: 'loggedIn' } }, says(sid, rest)]
    if (verb === 'pref') return [{ kind: 'set', fields: { meta: { pref: rest } } }]
    if (verb === 'order') return [{ kind: 'command', to: asSid(rest), command: { kind: 'moved', room: '#9' } }]
    return []
  }

  return {
    heard,
    contexts,
    get slow() {
      return held.length
    },
    release: () => held.shift()?.(),
    established(session) {
      heard.push('established')
      return [says(session.sid, 'Welcome.')]
    },
    async input(session, { line, inputSequence, beforeLogin }, context) {
      heard.push(`${inputSequence} ${line}${beforeLogin ? '' : ' (in)'}`)
      contexts.push(context)
      if (line === 'poison') throw new Error('poison')
      if (line === 'once' && !failed.has(context.key)) {
        failed.add(context.key)
        throw new Error('once')
      }
      if (line === 'slow') await new Promise<void>((resolve) => held.push(resolve))
      return effectsOf(session.sid, line)
    },
    answered(session, question, answer, context) {
      heard.push(`answered ${question.content}: ${answer}`)
      contexts.push(context)
      return effectsOf(session.sid, answer)
    },
    command(_, command, context) {
      heard.push(`command ${command.kind}`)
      contexts.push(context)
      if (command.kind === 'renamed') throw new Error('poison')
      return []
    },
    async closed(_, reason) {
      heard.push(`closed ${reason}`)
      if (reason === 'idle') await new Promise<void>((resolve) => held.push(resolve))
      return []
    },
    work: () => Promise.reject(new Error('the line never works on a question itself')),
  }
}
