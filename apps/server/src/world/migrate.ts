import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { Client } from 'pg'

/** Any number that no other program locks in this database: "hold" in ASCII. */
const PREPARE_LOCK = 0x686f6c64

/**
 * Brings the schema up to date. Holds Postgres's advisory lock until the connection ends, so that of two that start at
 * once one waits and then finds the work done.
 */
export async function migrateWorld(client: Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [PREPARE_LOCK])
  const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
  await migrate(drizzle(client), { migrationsFolder })
}
