import { randomInt } from 'node:crypto'

/** Without characters that are mistaken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/** A password to read from a terminal and type, such as `p8hkw-3m9dt-rq2xv-7zyna`: four groups of five, about 99 bits. */
export function generatePassword(random: (below: number) => number = randomInt): string {
  const letter = () => LETTERS[random(LETTERS.length)]
  const group = () => Array.from({ length: GROUP_LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
