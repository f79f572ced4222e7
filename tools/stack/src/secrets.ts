import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** The secret kept in `file`, made at the first call; only its owner can read it. */
export function provideSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  return readFileSync(file, 'utf8').trim()
}

/** Without characters that are mistaken for one another. */
const PASSWORD_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const PASSWORD_GROUPS = 4
const PASSWORD_GROUP_LENGTH = 5

/** A password to read from a terminal and type: four groups of five, about 99 bits. */
export function generatePassword(): string {
  const letter = () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]
  const group = () => Array.from({ length: PASSWORD_GROUP_LENGTH }, letter).join('')
  return Array.from({ length: PASSWORD_GROUPS }, group).join('-')
}
