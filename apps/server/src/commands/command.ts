import type { Effects, GameContext } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import type { Texts } from '../text/texts.ts'
import type { World } from '../world/world.ts'
import type { Words } from './parse.ts'

/** What a command is given: nothing else may decide what it does. */
export interface Turn {
  readonly session: SessionRecord
  readonly context: GameContext
  readonly inputSequence: number
  /** The line is typed by nobody yet, whatever the session says. */
  readonly beforeLogin: boolean
  readonly words: Words
  /** Only for commands about the world; the others must work while Postgres is away. */
  readonly world: World
  readonly texts: Texts
  /** Whether a word is a command's whole name or alias: what no exit may be called. */
  readonly isCommandName: (word: string) => boolean
  /** The help page of the command that a word means by its whole name, alias or sign; undefined where it means none. */
  readonly pageNamed: (word: string) => string | undefined
}

export interface Command {
  /** As people write it: `say`, `@dig`, `WHO`. */
  readonly name: string
  readonly aliases?: readonly string[]
  /** Before the login, after it, or both. */
  readonly at: 'login' | 'game' | 'both'
  /** Never by an abbreviation: what cannot be taken back, and what is said by no one who means a direction. */
  readonly inFull?: boolean
  readonly wizardsOnly?: boolean
  /** The switches that it knows, in lower case; with any other it is refused. None where not given. */
  readonly switches?: readonly string[]
  /** The help page, where it is not the name's own. */
  readonly page?: string
  run(turn: Turn): Effects
}
