import { boot } from './boot.ts'
import type { Command } from './command.ts'
import { cd, ch, connect } from './connect.ts'
import { create } from './create.ts'
import { desc } from './desc.ts'
import { dig } from './dig.ts'
import { doing } from './doing.ts'
import { help } from './help.ts'
import { home } from './home.ts'
import { idle } from './idle.ts'
import { info } from './info.ts'
import { logout } from './logout.ts'
import { look } from './look.ts'
import { open } from './open.ts'
import { page } from './page.ts'
import { password } from './password.ts'
import { pose } from './pose.ts'
import { pref } from './pref.ts'
import { quit } from './quit.ts'
import { say } from './say.ts'
import { session } from './session.ts'
import { wall } from './wall.ts'
import { doingList, who } from './who.ts'

/** Every command there is; each has a page in text/help. */
export const COMMANDS: readonly Command[] = [
  ...[connect, cd, ch, create, info],
  ...[who, doingList, help, quit, logout],
  ...[look, say, pose, page, home, idle],
  ...[doing, pref, password],
  ...[dig, open, desc],
  ...[boot, wall, session],
]

/** One letter is a direction, not an abbreviation: exits are named `n`, `u` and `w`. */
const ABBREVIATION_LENGTH_MIN = 2

export type Stage = 'login' | 'game'

export type Found =
  | { kind: 'exact'; command: Command }
  | { kind: 'abbreviated'; command: Command }
  /** No command, or more than one. */
  | { kind: 'none' }

const namesOf = (command: Command): readonly string[] =>
  [command.name, ...(command.aliases ?? [])].map((name) => name.toLowerCase())

/** The command that a word means, by its name or alias in any case, or by the beginning of one name. */
export function findCommand(word: string, stage: Stage): Found {
  const typed = word.toLowerCase()
  const known = COMMANDS.filter((command) => command.at === stage || command.at === 'both')
  const exact = known.find((command) => namesOf(command).includes(typed))
  if (exact) return { kind: 'exact', command: exact }
  const letters = typed.startsWith('@') ? typed.length - 1 : typed.length
  if (letters < ABBREVIATION_LENGTH_MIN) return { kind: 'none' }
  const begun = known.filter((command) => !command.inFull && command.name.toLowerCase().startsWith(typed))
  const [command, another] = begun
  return command && !another ? { kind: 'abbreviated', command } : { kind: 'none' }
}

/** The page in text/help that a command is explained on. */
export const pageOf = ({ name, page }: Pick<Command, 'name' | 'page'>): string =>
  page ?? name.toLowerCase().replace(/^@/, '')

/** The page of the command that a word means, before the login or after it: by its name or alias, never by a beginning. */
export function pageNamed(word: string): string | undefined {
  const stages: readonly Stage[] = ['game', 'login']
  const found = stages.map((stage) => findCommand(word, stage)).find(({ kind }) => kind === 'exact')
  return found === undefined || found.kind === 'none' ? undefined : pageOf(found.command)
}

export const HUH = 'Huh?  (Type "help" for help.)'
