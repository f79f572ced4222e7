import type { Clock, Logger, Timer } from '@holdfast/runtime'
import type { Effect } from '@holdfast/store'
import { and, eq, lt, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PoolClient } from 'pg'
import { effectsSchema } from '../effects/effect-schema.ts'
import { createAvailability } from './availability.ts'
import { createConnections } from './connections.ts'
import { createEditor, createReader } from './objects.ts'
import { classifyFailure } from './postgres-failure.ts'
import { ledger } from './schema.ts'
import { type Change, type Settlement, WORLD_WAIT_MS, type World, type WorldEditor } from './world.ts'

export interface WorldOptions {
  databaseUrl: string
  clock: Clock
  logger: Logger
}

/** Between two tries of one operation. */
const RETRY_PAUSE_MS = 50

/** A record can be replayed for 24 h (the log's age); twice that is safe against a log that is trimmed late. */
const LEDGER_KEPT_HOURS = 48
const SWEEP_EVERY_MS = 3_600_000

/** The world in Postgres. Connects when it is first asked; migrations are prepare.ts's. */
export function createWorld({ databaseUrl, clock, logger }: WorldOptions): World {
  const broke = (error: Error): void => logger.debug({ err: error }, 'an idle connection to Postgres broke')
  const connections = createConnections({ databaseUrl, clock, broke })
  const availability = createAvailability({
    probe: connections.probe,
    clock,
    changed: (available) =>
      logger.warn({ available }, available ? 'Postgres answers again' : 'Postgres does not answer'),
  })

  /** Tries until it succeeds, is a fault, or the deadline is there; `away` when Postgres never answered. */
  async function persist<T>(deadlineAt: number, attempt: () => Promise<T>): Promise<{ value: T } | 'away' | 'slow'> {
    for (;;) {
      try {
        return { value: await attempt() }
      } catch (error) {
        const failure = classifyFailure(error)
        if (failure === 'fault') throw error
        if (clock.monotonic() + RETRY_PAUSE_MS >= deadlineAt) {
          if (failure !== 'away') return 'slow'
          availability.lost()
          return 'away'
        }
        logger.debug({ err: error, failure }, 'trying again')
      }
      await clock.sleep(RETRY_PAUSE_MS)
    }
  }

  async function settleOnce(sid: string, key: string): Promise<Settlement> {
    return connections.use(clock.monotonic() + WORLD_WAIT_MS, async (client) => {
      const db = drizzle(client)
      // The row waits for an older transaction that still holds the key; once it is ours, that one can never commit.
      await db.insert(ledger).values({ sid, key, effects: null }).onConflictDoNothing()
      const effects = await storedEffects(db, sid, key)
      return effects === null ? { kind: 'not-done' } : { kind: 'done', effects }
    })
  }

  async function settleInTime(sid: string, key: string, signal: AbortSignal): Promise<Settlement> {
    for (;;) {
      signal.throwIfAborted()
      if (!(await availability.untilAvailable(WORLD_WAIT_MS, signal))) continue
      const settled = await persist(clock.monotonic() + WORLD_WAIT_MS, () => settleOnce(sid, key))
      if (typeof settled !== 'string') return settled.value
    }
  }

  const sweep = async (): Promise<void> => {
    const kept = sql`now() - make_interval(hours => ${LEDGER_KEPT_HOURS})`
    const deadlineAt = clock.monotonic() + WORLD_WAIT_MS
    await connections.use(deadlineAt, (client) => drizzle(client).delete(ledger).where(lt(ledger.at, kept)))
  }
  const sweeper = startSweeping(sweep, clock, logger)

  return {
    available: availability.isAvailable,
    async read(look, { patient = false } = {}) {
      const deadlineAt = clock.monotonic() + WORLD_WAIT_MS
      if (!availability.isAvailable() && !(patient && (await availability.untilAvailable(WORLD_WAIT_MS)))) {
        return { kind: 'unavailable' }
      }
      const attempt = () => connections.use(deadlineAt, (client) => look(createReader(drizzle(client))))
      const read = await persist(deadlineAt, attempt)
      return typeof read === 'string' ? { kind: 'unavailable' } : { kind: 'done', value: read.value }
    },
    async change(sid, key, change) {
      if (!availability.isAvailable()) return { kind: 'unavailable' }
      const deadlineAt = clock.monotonic() + WORLD_WAIT_MS
      const progress: ChangeProgress = { claiming: false, open: false }
      const changed = await persist(deadlineAt, () =>
        connections.use(deadlineAt, (client) => changeOnce(client, { sid, key, change, progress })),
      )
      if (typeof changed !== 'string') return changed.value
      // A claim that was held up to the end: another transaction has the key and may commit yet.
      const heldUp = changed === 'slow' && progress.claiming
      return { kind: progress.open || heldUp ? 'unsettled' : 'unavailable' }
    },
    settle: (sid, key, signal) => untilAborted(settleInTime(sid, key, signal), signal),
    async close() {
      sweeper.cancel()
      availability.close()
      await connections.close()
    },
  }
}

interface ChangeOrder {
  sid: string
  key: string
  change: (world: WorldEditor) => Promise<readonly Effect[] | null>
  /** Kept over the tries of one change. */
  progress: ChangeProgress
}

interface ChangeProgress {
  /** The claim of the key was sent and not answered. */
  claiming: boolean
  /** The change may be applied, or is, and its effects are not known here. */
  open: boolean
}

/**
 * One try of a change. It claims the key first: the claim waits for any older transaction that holds it (a try of ours
 * whose COMMIT is unknown, a server that does not know yet that it is not the owner any more), so that running again
 * settles what an ambiguous COMMIT left open.
 */
async function changeOnce(client: PoolClient, { sid, key, change, progress }: ChangeOrder): Promise<Change> {
  const db = drizzle(client)
  await client.query('BEGIN')
  progress.claiming = true
  const claimed = await db.insert(ledger).values({ sid, key }).onConflictDoNothing().returning({ key: ledger.key })
  progress.claiming = false
  progress.open = claimed.length === 0
  if (claimed.length === 0) {
    const effects = await storedEffects(db, sid, key)
    progress.open = false
    await client.query('ROLLBACK')
    return effects === null ? { kind: 'unavailable' } : { kind: 'done', effects }
  }
  const effects = await change(createEditor(db))
  if (effects === null) {
    await client.query('ROLLBACK')
    return { kind: 'nothing' }
  }
  await keepEffects(db, { sid, key, effects })
  progress.open = true
  const answer = await client.query('COMMIT')
  progress.open = false
  if (answer.command !== 'COMMIT') throw new Error(`COMMIT was answered by ${answer.command}`)
  return { kind: 'done', effects }
}

async function keepEffects(db: NodePgDatabase, row: { sid: string; key: string; effects: readonly Effect[] }) {
  const ours = and(eq(ledger.sid, row.sid), eq(ledger.key, row.key))
  await db.update(ledger).set({ effects: row.effects }).where(ours)
}

/** What the ledger holds under a key that is known to be there; null for a change that was given up. */
async function storedEffects(db: NodePgDatabase, sid: string, key: string): Promise<readonly Effect[] | null> {
  const [row] = await db
    .select({ effects: ledger.effects })
    .from(ledger)
    .where(and(eq(ledger.sid, sid), eq(ledger.key, key)))
  if (row === undefined) throw new Error('the ledger has lost a row')
  return row.effects === null ? null : effectsSchema.parse(row.effects)
}

function startSweeping(sweep: () => Promise<void>, clock: Clock, logger: Logger): Timer {
  const failed = (error: unknown): void => logger.warn({ err: error }, 'the ledger was not swept; the next turn will')
  return clock.setInterval(() => void sweep().catch(failed), SWEEP_EVERY_MS)
}

/** The promise's outcome, or the signal's reason as soon as it fires; a query under way ends by itself, unheard. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<T>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  return outcome
}
