import { valueOfText } from '../contracts/index.ts'

/** Fields of a copy as texts; what is empty is left out, for it and absence are one. */
export type Texts = Readonly<Record<string, string>>

export const NO_TEXTS: Texts = {}

/**
 * A copy's fields, sharing with another copy what is equal: of a session whose copies agree, memory holds its texts once (three
 * times 36 texts for 100,000 sessions are half a gigabyte).
 */
export function textsOf(fields: Texts, like: Texts | null): Texts {
  const texts: Record<string, string> = {}
  let count = 0
  let shared = 0
  for (const name of Object.keys(fields)) {
    const text = fields[name]
    if (text === undefined || text === '') continue
    count++
    const other = like && Object.hasOwn(like, name) ? like[name] : undefined
    if (other === text) shared++
    texts[name] = other === text ? other : text
  }
  return like && shared === count && count === Object.keys(like).length ? like : texts
}

/** Own names only: a hand may have added a field `constructor`. */
export const textIn = (texts: Texts | null | undefined, name: string): string | undefined =>
  texts && Object.hasOwn(texts, name) ? texts[name] : undefined

/** A text by its field's type; a number or a list that a hand has broken stays the text that it is. */
export function valueIn(name: string, text: string): unknown {
  const value = valueOfText(name, text)
  if (typeof value === 'number' && !Number.isFinite(value)) return text
  return name === 'waitingFor' && typeof value === 'string' ? text : value
}
