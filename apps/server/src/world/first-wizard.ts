import { ConfigError } from '@holdfast/runtime'
import { arrayContains, asc, eq } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Client } from 'pg'
import { nameProblem, passwordProblem } from './names.ts'
import type { Passwords } from './passwords.ts'
import { credentials, objects } from './schema.ts'
import { FIRST_WIZARD, LIMBO, WIZARD_FLAG } from './world.ts'

const LIMBO_DESCRIPTION =
  'You are in a place before places: mist in every direction, and rock underfoot that does not move, whatever the sea does.'

export interface FirstWizardWish {
  name: string
  password: string | undefined
}

/**
 * Makes `#0` Limbo and `#1` the first wizard where the world has no wizard. The caller holds PREPARE_LOCK (migrate.ts).
 * Gives the name of the first wizard there is. Throws a ConfigError when one is to be made of what cannot be one.
 */
export async function ensureFirstWizard(
  client: Client,
  wish: FirstWizardWish,
  passwords: Passwords,
): Promise<{ name: string; created: boolean }> {
  const db = drizzle(client)
  const [found] = await db
    .select({ name: objects.name })
    .from(objects)
    .where(arrayContains(objects.flags, [WIZARD_FLAG]))
    .orderBy(asc(objects.dbref))
    .limit(1)
  if (found) return { name: found.name, created: false }
  await makeWorld(db, wish.name, await firstHash(wish, passwords))
  return { name: wish.name, created: true }
}

async function firstHash({ name, password }: FirstWizardWish, passwords: Passwords): Promise<string> {
  const wrongName = nameProblem(name)
  const wrongPassword =
    password === undefined ? 'set it to the password of the first wizard, who is made now' : passwordProblem(password)
  const problems = [
    ...(wrongName ? [`HOLDFAST_WIZARD_NAME: ${wrongName}`] : []),
    ...(wrongPassword ? [`HOLDFAST_WIZARD_PASSWORD: ${wrongPassword}`] : []),
  ]
  if (problems.length > 0 || password === undefined) throw new ConfigError(problems)
  const hashing = await passwords.hash(password)
  if (hashing.kind === 'busy') throw new Error('nothing else hashes here')
  return hashing.passwordHash
}

/** One statement for both objects: each refers to the other. */
async function makeWorld(db: NodePgDatabase, name: string, passwordHash: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insert(objects).values([
      { dbref: LIMBO, type: 'room', name: 'Limbo', description: LIMBO_DESCRIPTION, owner: FIRST_WIZARD },
      {
        dbref: FIRST_WIZARD,
        type: 'player',
        name,
        location: LIMBO,
        destination: LIMBO,
        owner: FIRST_WIZARD,
        flags: [WIZARD_FLAG],
      },
    ])
    await tx.insert(credentials).values({ dbref: FIRST_WIZARD, name: name.toLowerCase(), passwordHash })
  })
}

export type Reset = { kind: 'reset'; name: string } | { kind: 'no-such-wizard' }

/** Gives a wizard a new password. Sessions that are logged in stay so. */
export async function resetWizard(client: Client, name: string, passwordHash: string): Promise<Reset> {
  const db = drizzle(client)
  const [found] = await db
    .select({ dbref: objects.dbref, name: objects.name, flags: objects.flags })
    .from(credentials)
    .innerJoin(objects, eq(objects.dbref, credentials.dbref))
    .where(eq(credentials.name, name.toLowerCase()))
  if (!found?.flags.includes(WIZARD_FLAG)) return { kind: 'no-such-wizard' }
  await db.update(credentials).set({ passwordHash }).where(eq(credentials.dbref, found.dbref))
  return { kind: 'reset', name: found.name }
}
