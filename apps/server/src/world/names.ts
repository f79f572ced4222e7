/** What players and places may be called, and what may be a password. Each gives the problem in words, or null. */

export const PLAYER_NAME_LENGTH_MIN = 2
/** As wide as WHO's first column. */
export const PLAYER_NAME_LENGTH_MAX = 16
export const PASSWORD_LENGTH_MIN = 6
/** What is hashed costs time by its length, and a stranger chooses it. */
export const PASSWORD_LENGTH_MAX = 128
export const OBJECT_NAME_LENGTH_MAX = 64
export const DESCRIPTION_LENGTH_MAX = 4_000

/** ASCII only: letters of other scripts that look like these would let one player pose as another. */
const PLAYER_NAME = /^[A-Za-z][A-Za-z0-9_'.-]*( [A-Za-z0-9_'.-]+)*$/

/** Words that commands and texts use for somebody or some place. */
const RESERVED = new Set([
  'me',
  'here',
  'home',
  'you',
  'your',
  'someone',
  'somebody',
  'nobody',
  'everyone',
  'guest',
  'god',
])

export function nameProblem(name: string): string | null {
  if (name.length < PLAYER_NAME_LENGTH_MIN || name.length > PLAYER_NAME_LENGTH_MAX) {
    return `a name has ${PLAYER_NAME_LENGTH_MIN} to ${PLAYER_NAME_LENGTH_MAX} characters`
  }
  if (!PLAYER_NAME.test(name)) return "a name begins with a letter and has letters, digits, spaces and _ ' . - in it"
  return RESERVED.has(name.toLowerCase()) ? 'that name has a meaning of its own' : null
}

export function passwordProblem(password: string): string | null {
  if (password.length >= PASSWORD_LENGTH_MIN && password.length <= PASSWORD_LENGTH_MAX) return null
  return `a password has ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters`
}

/** For rooms, and each alias of an exit: nothing that a command's syntax uses. */
export function objectNameProblem(name: string): string | null {
  if (name.length === 0) return 'a name has at least one character'
  if (name.length > OBJECT_NAME_LENGTH_MAX) return `a name has at most ${OBJECT_NAME_LENGTH_MAX} characters`
  if (/[=&|;*]/.test(name) || /^[#"':\\[!@+]/.test(name)) return 'a name has none of = & | ; * and begins with no sign'
  return RESERVED.has(name.toLowerCase()) ? 'that name has a meaning of its own' : null
}

/** An exit's name and aliases, `North;n` as `['North', 'n']`. */
export const exitNames = (name: string): string[] =>
  name
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** The name that is shown: an exit's first. */
export const shownName = (name: string): string => exitNames(name)[0] ?? name
