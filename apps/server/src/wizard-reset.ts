import { resolve } from 'node:path'
import { ConfigError, EXIT, generatePassword, messageOf } from '@holdfast/runtime'
import { Client } from 'pg'
import { CONNECT_MS, readResetDatabaseUrl } from './prepare-config.ts'
import { resetWizard } from './world/first-wizard.ts'
import { createPasswords } from './world/passwords.ts'

/** `wizard-reset.ts <name>`: gives a wizard a new random password and prints it. For operators who have lost theirs. */

const REPOSITORY_DIR = resolve(import.meta.dirname, '../../..')

/** Whoever typed the command is to change it: another name, or one at all. */
class ResetRefused extends Error {
  override readonly name = 'ResetRefused'
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

async function reset(name: string, databaseUrl: string): Promise<string> {
  const password = generatePassword()
  const hashing = await createPasswords().hash(password)
  if (hashing.kind === 'busy') throw new Error('nothing else hashes here')
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'holdfast-wizard-reset',
    connectionTimeoutMillis: CONNECT_MS,
  })
  await client.connect()
  try {
    const outcome = await resetWizard(client, name, hashing.passwordHash)
    if (outcome.kind === 'no-such-wizard') {
      throw new ResetRefused(`${name} is not a wizard of this game`, EXIT.noSuchUser)
    }
    return `The new password of ${outcome.name} is ${password}`
  } finally {
    await client.end()
  }
}

const name = process.argv[2]
try {
  if (name === undefined) throw new ResetRefused('which wizard? npm run wizard:reset -- <name>', EXIT.usage)
  process.stdout.write(`${await reset(name, readResetDatabaseUrl(REPOSITORY_DIR))}\n`)
} catch (error) {
  const isPlain = error instanceof ConfigError || error instanceof ResetRefused
  process.stderr.write(isPlain ? `${error.message}\n` : `the password was not changed: ${messageOf(error)}\n`)
  process.exitCode =
    error instanceof ResetRefused ? error.exitCode : error instanceof ConfigError ? EXIT.config : EXIT.failed
}
