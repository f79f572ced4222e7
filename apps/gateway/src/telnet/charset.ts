/** Character sets a connection can carry, by IANA name, the better one first: the order they are offered in. */
export const CHARSETS = ['UTF-8', 'ISO-8859-1'] as const
export type Charset = (typeof CHARSETS)[number]

/** What is spoken until something else is agreed. */
export const DEFAULT_CHARSET: Charset = 'UTF-8'

const CHARSET_BY_SPELLING: ReadonlyMap<string, Charset> = new Map([
  ['utf8', 'UTF-8'],
  ['iso88591', 'ISO-8859-1'],
  ['latin1', 'ISO-8859-1'],
  ['l1', 'ISO-8859-1'],
])

/** The charset a client means, whatever its case and punctuation (`utf8`, `ISO_8859-1`), or null where we lack it. */
export function charsetNamed(name: string): Charset | null {
  return CHARSET_BY_SPELLING.get(name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')) ?? null
}
