import type { Command, CommandRequest, Sid } from '@holdfast/store/contracts'
import { isOver, VERBS } from './command-words.ts'

/** What changes a session; only of these a list says that they are under way. */
type Type = Extract<CommandRequest['type'], 'disconnect' | 'reconcile'>

/**
 * What a wizard of this tab is having done to a session: intent, never effect. `late`: whoever had to do it has not been heard
 * for as long as anybody waits, and how the session stands is not known.
 */
export type Intent = { kind: 'doing'; type: Type } | { kind: 'late'; type: Type; silent: 'gateway' | 'server' }

/** As much of a command that was given as its intent needs, oldest first in a list of them. */
export interface Intended {
  request: Pick<CommandRequest, 'type' | 'dryRun'>
  /** Whom it is for. */
  sids: ReadonlySet<Sid>
  /** As the console tells it; undefined until it does. */
  command: Command | undefined
}

// One object for each, so that a row is drawn anew only when its intent is another one.
const of = <T extends Type>(type: T) => ({
  doing: { kind: 'doing', type } as const,
  gateway: { kind: 'late', type, silent: 'gateway' } as const,
  server: { kind: 'late', type, silent: 'server' } as const,
})
const INTENTS = { disconnect: of('disconnect'), reconcile: of('reconcile') } as const

const isChange = (type: CommandRequest['type']): type is Type => type in INTENTS

/** What is being done to each session by the last command for it; null: nothing, or what was done is told by the session itself. */
export function intentsOf(given: readonly Intended[]): (sid: Sid) => Intent | null {
  const newestFirst = given
    .filter(({ request }) => !request.dryRun && request.type !== 'message')
    .map((each) => ({ ...each, results: resultsOf(each.command) }))
    .reverse()
  return (sid) => {
    const last = newestFirst.find(({ sids }) => sids.has(sid))
    if (!last || !isChange(last.request.type)) return null
    const { command, results } = last
    const { doing, gateway, server } = INTENTS[last.request.type]
    const result = results.get(sid)
    const isEnded = command !== undefined && isOver(command)
    if (result === undefined) return isEnded ? null : doing
    // The owner answers for each session; that nothing was heard of it is the owner's silence.
    if (result.outcome === 'no-answer') return server
    if (result.outcome !== 'done') return null
    if (!isEnded) return doing
    // Ordered, and when everybody had waited long enough the session was still there: its gateway has not done it.
    return result.detail === undefined ? null : gateway
  }
}

type Results = ReadonlyMap<Sid, Command['results'][number]>

const resultsOf = (command: Command | undefined): Results =>
  new Map((command?.results ?? []).map((result) => [result.sid, result]))

/** What a row says while its intent is under way: `Booting…`. */
export const doingText = ({ type }: Intent): string => `${VERBS[type].doing}…`
