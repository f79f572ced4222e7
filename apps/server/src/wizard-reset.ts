import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { ConfigError, EXIT, messageOf } from '@holdfast/runtime'
import { Client } from 'pg'
import { readResetDatabaseUrl } from './prepare-config.ts'
import { resetWizard } from './world/first-wizard.ts'
import { createPasswords } from './world/passwords.ts'

/** `wizard-reset.ts <name>`: gives a wizard a new random password and prints it. For operators who have lost theirs. */

const REPOSITORY_DIR = resolve(import.meta.dirname, '../../..')

/** No letters that are taken for one another; 20 of 32 are 100 bits. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const PASSWORD_LENGTH = 20

const randomPassword = (): string =>
  Array.from({ length: PASSWORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')

async function reset(name: string, databaseUrl: string): Promise<string> {
  const password = randomPassword()
  const hashing = await createPasswords().hash(password)
  if (hashing.kind === 'busy') throw new Error('nothing else hashes here')
  const client = new Client({ connectionString: databaseUrl, application_name: 'holdfast-wizard-reset' })
  await client.connect()
  try {
    const outcome = await resetWizard(client, name, hashing.passwordHash)
    if (outcome.kind === 'no-such-wizard') throw new ConfigError([`${name} is not a wizard of this game`])
    return `The new password of ${outcome.name} is ${password}`
  } finally {
    await client.end()
  }
}

const name = process.argv[2]
try {
  if (name === undefined) throw new ConfigError(['which wizard? npm run wizard:reset -- <name>'])
  process.stdout.write(`${await reset(name, readResetDatabaseUrl(REPOSITORY_DIR))}\n`)
} catch (error) {
  const isConfig = error instanceof ConfigError
  process.stderr.write(isConfig ? `${error.message}\n` : `the password was not changed: ${messageOf(error)}\n`)
  process.exitCode = isConfig ? EXIT.config : EXIT.failed
}
