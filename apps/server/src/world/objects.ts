import { and, asc, count, eq, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { credentials, objects } from './schema.ts'
import { CONTENTS_MAX, type Dbref, type Placed, type WorldEditor, type WorldReader } from './world.ts'

type Database = Pick<NodePgDatabase, 'select' | 'insert' | 'update'>

const placed = {
  dbref: objects.dbref,
  type: objects.type,
  name: objects.name,
  location: objects.location,
  destination: objects.destination,
  owner: objects.owner,
  flags: objects.flags,
}
const columns = { ...placed, description: objects.description }

/** The queries of the world, over one connection. */
export function createReader(db: Database): WorldReader {
  return {
    async object(dbref) {
      const [found] = await db.select(columns).from(objects).where(eq(objects.dbref, dbref))
      return found ?? null
    },
    contents: (location): Promise<Placed[]> =>
      db
        .select(placed)
        .from(objects)
        .where(eq(objects.location, location))
        .orderBy(asc(objects.dbref))
        .limit(CONTENTS_MAX),
    async credentials(playerName) {
      const [found] = await db
        .select({ dbref: credentials.dbref, passwordHash: credentials.passwordHash })
        .from(credentials)
        .where(eq(credentials.name, playerName.toLowerCase()))
      return found ?? null
    },
    async credentialsOf(dbref) {
      const [found] = await db
        .select({ dbref: credentials.dbref, passwordHash: credentials.passwordHash })
        .from(credentials)
        .where(eq(credentials.dbref, dbref))
      return found ?? null
    },
    async owned(owner) {
      const [row] = await db.select({ owned: count() }).from(objects).where(eq(objects.owner, owner))
      return row?.owned ?? 0
    },
  }
}

/** The changes of the world, within the transaction of `db`. */
export function createEditor(db: Database): WorldEditor {
  return {
    ...createReader(db),
    async lock(dbref) {
      const [found] = await db.select(columns).from(objects).where(eq(objects.dbref, dbref)).for('no key update')
      return found ?? null
    },
    create: async (draft) => dbrefOf(await db.insert(objects).values(draft).returning({ dbref: objects.dbref })),
    async createPlayer({ name, passwordHash, location, flags }) {
      const taken = await createReader(db).credentials(name)
      if (taken) return null
      // A player owns itself, so the dbref must be known before the row is made.
      const [next] = await db.select({ dbref: sql<number>`nextval('dbrefs')::int` }).from(sql`(select 1) as once`)
      const dbref = dbrefOf(next ? [next] : [])
      const place = { location, destination: location }
      await db.insert(objects).values({ dbref, type: 'player', name, owner: dbref, flags: [...flags], ...place })
      await db.insert(credentials).values({ dbref, name: name.toLowerCase(), passwordHash })
      return dbref
    },
    async move(dbref, location) {
      await db.update(objects).set({ location }).where(eq(objects.dbref, dbref))
    },
    async describe(dbref, description) {
      await db.update(objects).set({ description }).where(eq(objects.dbref, dbref))
    },
    async changePassword(dbref, from, to) {
      const changed = await db
        .update(credentials)
        .set({ passwordHash: to })
        .where(and(eq(credentials.dbref, dbref), eq(credentials.passwordHash, from)))
        .returning({ dbref: credentials.dbref })
      return changed.length === 1
    },
  }
}

function dbrefOf(rows: readonly { dbref: Dbref }[]): Dbref {
  const [row] = rows
  if (row === undefined) throw new Error('an insert gave no row')
  return row.dbref
}
