import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { OBJECT_TYPES } from './world.ts'

/**
 * The world's tables. A dbref is shown to people as `#12` and is never given twice, not even after its object is gone:
 * it comes from a sequence, which no rollback takes back. `#0` and `#1` are made by prepare.ts, so it starts at 2.
 */
export const dbrefs = pgSequence('dbrefs', { startWith: 2, minValue: 0, maxValue: 2_147_483_647 })

export const objects = pgTable(
  'objects',
  {
    dbref: integer().primaryKey().default(sql`nextval('dbrefs')`),
    type: text({ enum: OBJECT_TYPES }).notNull(),
    /** An exit's name carries its aliases: `North;n`. */
    name: text().notNull(),
    description: text().notNull().default(''),
    /** What the object is in; for an exit the room it leads out of; null for a room. */
    location: integer().references((): AnyPgColumn => objects.dbref),
    /** Where an exit leads (null: nowhere yet); the home of a player or thing. */
    destination: integer().references((): AnyPgColumn => objects.dbref),
    owner: integer()
      .notNull()
      .references((): AnyPgColumn => objects.dbref),
    flags: text().array().notNull().default(sql`'{}'::text[]`),
    attributes: jsonb().$type<Record<string, string>>().notNull().default({}),
    created: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('objects_by_location').on(table.location, table.type),
    index('objects_by_owner').on(table.owner),
    check('objects_type', sql`${table.type} in ('room', 'thing', 'exit', 'player')`),
    check('objects_placed', sql`(${table.type} = 'room') = (${table.location} is null)`),
  ],
)

/** Apart from `objects`, so that no query about the world brings a hash along. */
export const credentials = pgTable(
  'credentials',
  {
    dbref: integer()
      .primaryKey()
      .references(() => objects.dbref, { onDelete: 'cascade' }),
    /** The player's name in lower case: two players never differ by case alone. */
    name: text().notNull(),
    passwordHash: text('password_hash').notNull(),
  },
  (table) => [uniqueIndex('credentials_name').on(table.name)],
)

/**
 * One row for each change of the world that was applied, written by the same transaction: what a replay gives instead
 * of changing the world again. `effects` null: the change was given up after an ambiguous COMMIT and must never be
 * applied. Kept LEDGER_KEPT_HOURS, longer than a record can be replayed.
 */
export const ledger = pgTable(
  'ledger',
  {
    sid: text().notNull(),
    key: text().notNull(),
    effects: jsonb(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.sid, table.key] }), index('ledger_by_age').on(table.at)],
)
