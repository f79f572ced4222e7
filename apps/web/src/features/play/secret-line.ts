const MASK = '••••••'
/** A name and a password in one line, by any of the words that log in, shortened or not. */
const LOGIN = /^\s*(?:cd|ch|co(?:n(?:n(?:e(?:ct?)?)?)?)?|cr(?:e(?:a(?:te?)?)?)?)\s+(?:"[^"]*"|\S+)\s+(?=\S)/i
const CHANGE = /^\s*@password\s+(?=\S)/i

/**
 * A line as it may stay on the screen: the password in `connect Ann secret` and in `@password old=new` is masked. Null where
 * there is none in it. The screen is seen by others, and the history by who sits down next.
 */
export function withoutPassword(line: string): string | null {
  const head = (LOGIN.exec(line) ?? CHANGE.exec(line))?.[0]
  return head === undefined ? null : `${head}${MASK}`
}
