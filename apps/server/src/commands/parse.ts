/** A player's line, taken apart as MUSH people write it. Pure; takes any text and never throws. */

export interface Words {
  /** The command's word as typed, without switches: `say`, `@dig`, `WHO`; `say` for `"`, `pose` for `:` and `;`. */
  readonly word: string
  /** `@cmd/switch/other`, in lower case. */
  readonly switches: readonly string[]
  /** What follows, ends trimmed (but for `"`, `:` and `;`, where it is as typed). */
  readonly argument: string
  /** The line as a whole: an exit's name may have spaces. */
  readonly line: string
}

/** One character that stands for a command, with no space after it. */
const TOKENS: Readonly<Record<string, { word: string; switches: readonly string[] }>> = {
  '"': { word: 'say', switches: [] },
  ':': { word: 'pose', switches: [] },
  ';': { word: 'pose', switches: ['nospace'] },
}

/** Null where there is nothing to do. `line` has been through `cleanLine`. */
export function parse(line: string): Words | null {
  const first = line[0]
  if (first === undefined) return null
  const token = Object.hasOwn(TOKENS, first) ? TOKENS[first] : undefined
  if (token) return { ...token, argument: line.slice(1), line }
  const space = line.search(/\s/)
  const head = space === -1 ? line : line.slice(0, space)
  const [word = head, ...switches] = head.split('/')
  const argument = space === -1 ? '' : line.slice(space).trim()
  return { word, switches: switches.filter((each) => each !== '').map((each) => each.toLowerCase()), argument, line }
}

export interface Sides {
  readonly left: string
  /** Null where there is no `=`. */
  readonly right: string | null
}

/** `left=right` at the first `=`, each trimmed. */
export function splitAtEquals(argument: string): Sides {
  const at = argument.indexOf('=')
  if (at === -1) return { left: argument.trim(), right: null }
  return { left: argument.slice(0, at).trim(), right: argument.slice(at + 1).trim() }
}

export interface Login {
  readonly name: string
  /** Null where none was typed. */
  readonly password: string | null
}

/** `name password`, `"name with spaces" password`; a quote that is never closed ends with the line. */
export function parseLogin(argument: string): Login {
  const text = argument.trim()
  const quoted = /^"([^"]*)(?:"|$)(.*)$/.exec(text) ?? /^(\S*)(.*)$/.exec(text)
  const name = (quoted?.[1] ?? '').trim()
  const password = (quoted?.[2] ?? '').trim()
  return { name, password: password === '' ? null : password }
}

/** Names in a list: by spaces or commas, quotes around those with spaces. */
export function parseNames(text: string): string[] {
  const names = [...text.matchAll(/"([^"]*)"?|([^\s,"]+)/g)].map((match) => (match[1] ?? match[2] ?? '').trim())
  return [...new Set(names.filter((name) => name !== ''))]
}
