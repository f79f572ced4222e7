import { ConfigError, EXIT, messageOf } from '@holdfast/runtime'
import { Client } from 'pg'
import { CONNECT_MS, type PrepareConfig, readPrepareConfig } from './prepare-config.ts'
import { ensureFirstWizard } from './world/first-wizard.ts'
import { migrateWorld } from './world/migrate.ts'
import { createPasswords } from './world/passwords.ts'

/**
 * Run before the servers: migrates the world and makes its first wizard where there is none. Prints one JSON line,
 * `{"wizard":{"name":"Wizard","created":true}}`, on standard output and nothing else there. Running it again, or two at
 * once, does no harm.
 */
async function prepare({ databaseUrl, wizardName, wizardPassword }: PrepareConfig): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'holdfast-prepare',
    connectionTimeoutMillis: CONNECT_MS,
  })
  await client.connect()
  try {
    await migrateWorld(client)
    const wish = { name: wizardName, password: wizardPassword }
    const wizard = await ensureFirstWizard(client, wish, createPasswords())
    process.stdout.write(`${JSON.stringify({ wizard })}\n`)
  } finally {
    await client.end()
  }
}

try {
  await prepare(readPrepareConfig())
} catch (error) {
  const isConfig = error instanceof ConfigError
  process.stderr.write(isConfig ? `${error.message}\n` : `the world could not be prepared: ${messageOf(error)}\n`)
  process.exitCode = isConfig ? EXIT.config : EXIT.failed
}
