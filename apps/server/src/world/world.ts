import type { Effect } from '@holdfast/store'

/**
 * The world: rooms, things, exits and players, kept in Postgres. This is what the game asks of it; `createWorld`
 * (postgres-world.ts) makes the real one.
 *
 * Once: a change runs under a key of its session. The transaction that changes the world writes the effects of the change
 * beside it, so that a replay of the same key finds them and gives them again without changing anything.
 * Bounded: nothing here waits longer than WORLD_WAIT_MS, but for `settle`. While Postgres is known to be away, answers are
 * immediate, so that a partition's line is not held for each command.
 */
export interface World {
  /** Reads. `patient` waits for Postgres to come back within the bound, instead of answering at once that it is away. */
  read<T>(look: (world: WorldReader) => Promise<T>, options?: { patient?: boolean }): Promise<Reading<T>>
  /**
   * Changes the world once per (sid, key), `change` giving its effects. It may run again after a deadlock or a lost
   * connection (never after it was applied), so it must touch nothing but the world it is given. A null from it takes
   * everything back and leaves the key free. What `change` throws takes everything back too and is thrown.
   */
  change(sid: string, key: string, change: (world: WorldEditor) => Promise<readonly Effect[] | null>): Promise<Change>
  /**
   * Settles an `unsettled` change, however long Postgres stays away: afterwards it was either applied, or never will be.
   * Rejects with the signal's reason as soon as that fires.
   */
  settle(sid: string, key: string, signal: AbortSignal): Promise<Settlement>
  /** From memory: whether Postgres answered when it was last asked. */
  available(): boolean
  /** Ends what runs (each bounded by WORLD_WAIT_MS), then the connections. */
  close(): Promise<void>
}

/** How long a player's line may wait for Postgres: connecting, each statement, and retries together. */
export const WORLD_WAIT_MS = 2_000

export type Reading<T> = { kind: 'done'; value: T } | { kind: 'unavailable' }

export type Change =
  | { kind: 'done'; effects: readonly Effect[] }
  /** `change` gave null. */
  | { kind: 'nothing' }
  /** Nothing was changed, and nothing will be under this attempt. */
  | { kind: 'unavailable' }
  /** COMMIT was sent and its answer never came: `settle` finds out. */
  | { kind: 'unsettled' }

export type Settlement = { kind: 'done'; effects: readonly Effect[] } | { kind: 'not-done' }

export type Dbref = number

export const OBJECT_TYPES = ['room', 'thing', 'exit', 'player'] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

export interface WorldObject {
  readonly dbref: Dbref
  readonly type: ObjectType
  /** An exit's carries its aliases: `North;n`. */
  readonly name: string
  readonly description: string
  /** Null for a room. */
  readonly location: Dbref | null
  /** Where an exit leads; the home of a player or thing. */
  readonly destination: Dbref | null
  readonly owner: Dbref
  readonly flags: readonly string[]
}

/** An object as seen among others: descriptions are long and read one at a time. */
export type Placed = Omit<WorldObject, 'description'>

export interface Credentials {
  readonly dbref: Dbref
  readonly passwordHash: string
}

export interface WorldReader {
  object(dbref: Dbref): Promise<WorldObject | null>
  /** Everything in a place, exits included, in order of dbref; at most CONTENTS_MAX. */
  contents(location: Dbref): Promise<readonly Placed[]>
  /** By name, whatever its case. */
  credentials(playerName: string): Promise<Credentials | null>
  credentialsOf(dbref: Dbref): Promise<Credentials | null>
  /** How many objects a player owns. */
  owned(owner: Dbref): Promise<number>
}

export interface WorldEditor extends WorldReader {
  /** The object, with every other change of it held back until this one ends. */
  lock(dbref: Dbref): Promise<WorldObject | null>
  create(draft: ObjectDraft): Promise<Dbref>
  /** A player, who owns itself; null where the name is taken. */
  createPlayer(draft: PlayerDraft): Promise<Dbref | null>
  move(dbref: Dbref, location: Dbref): Promise<void>
  describe(dbref: Dbref, description: string): Promise<void>
  /** False where the hash is no longer `from`: somebody else changed the password meanwhile. */
  changePassword(dbref: Dbref, from: string, to: string): Promise<boolean>
}

export interface ObjectDraft {
  readonly type: 'room' | 'thing' | 'exit'
  readonly name: string
  readonly location: Dbref | null
  readonly destination: Dbref | null
  readonly owner: Dbref
}

export interface PlayerDraft {
  readonly name: string
  readonly passwordHash: string
  readonly location: Dbref
  readonly flags: readonly string[]
}

/** How many things of one place are looked at. */
export const CONTENTS_MAX = 500

/** Where players begin, and what stays when their place is gone. */
export const LIMBO: Dbref = 0

/** The first wizard; it alone makes other wizards. */
export const FIRST_WIZARD: Dbref = 1

export const WIZARD_FLAG = 'WIZARD'

/** `#12`, as people and sessions write it. */
export const formatDbref = (dbref: Dbref): string => `#${dbref}`

/** Reads `#12`; null where the text is none. */
export function parseDbref(text: string): Dbref | null {
  const match = /^#(\d{1,9})$/.exec(text)
  return match ? Number(match[1]) : null
}
