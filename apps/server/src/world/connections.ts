import { type Clock, DEADLINE_EXCEEDED, OperationalError, withDeadline } from '@holdfast/runtime'
import { Client, Pool, type PoolClient } from 'pg'
import { WORLD_WAIT_MS } from './world.ts'

/**
 * Connections to Postgres that give up by our own clock. A Postgres that is stopped (not dead) keeps its sockets open and
 * says nothing, so no time-out of the server's can be relied upon.
 */
export interface Connections {
  /**
   * Lends a connection until `deadlineAt` (the clock's monotonic ms). A connection whose use failed, or was not over in
   * time, is destroyed: nothing more can be sent on it, and Postgres rolls its transaction back.
   */
  use<T>(deadlineAt: number, work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Whether a new connection is answered within WORLD_WAIT_MS. Never rejects. */
  probe(): Promise<boolean>
  close(): Promise<void>
}

export interface ConnectionsOptions {
  databaseUrl: string
  clock: Clock
  /** An idle connection broke. */
  broke: (error: Error) => void
}

/** More would not be faster: a command is a few statements of less than a millisecond, and a line runs one at a time. */
const CONNECTIONS_MAX = 10

/** Below WORLD_WAIT_MS, so that a statement that is merely slow is told apart from a Postgres that is gone. */
const STATEMENT_MS_MAX = 1_500

/** A transaction whose client is gone without a word must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_MS_MAX = 5_000

/** What was lent comes back within WORLD_WAIT_MS. */
const CLOSE_MS_MAX = WORLD_WAIT_MS + 500

export function createConnections({ databaseUrl, clock, broke }: ConnectionsOptions): Connections {
  const settings = {
    connectionString: databaseUrl,
    application_name: 'holdfast-server',
    connectionTimeoutMillis: WORLD_WAIT_MS,
    statement_timeout: STATEMENT_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
  }
  const pool = new Pool({ ...settings, max: CONNECTIONS_MAX })
  pool.on('error', broke)

  return {
    async use(deadlineAt, work) {
      const client = await borrow(pool, clock, deadlineAt)
      // A lent client has no listener of the pool's, and an 'error' nobody listens to ends the process. The query that
      // was running rejects with the same error.
      client.on('error', ignoreTwin)
      let broken = true
      try {
        const result = await withDeadline(work(client), left(clock, deadlineAt), 'asking Postgres', clock)
        broken = false
        return result
      } finally {
        if (!broken) client.off('error', ignoreTwin)
        client.release(broken)
      }
    },
    async probe() {
      const client = new Client(settings)
      client.on('error', ignoreTwin)
      try {
        const asked = client.connect().then(() => client.query('select 1'))
        await withDeadline(asked, WORLD_WAIT_MS, 'probing Postgres', clock)
        return true
      } catch {
        return false // whatever the reason: it does not answer
      } finally {
        // Not awaited: the goodbye of a Postgres that hangs never comes.
        void client.end().catch(ignoreTwin)
      }
    },
    async close() {
      // The goodbye of a Postgres that hangs never comes, and a stop must not wait for it.
      const ended = pool.end().catch(broke)
      await Promise.race([ended, clock.sleep(CLOSE_MS_MAX)])
    },
  }
}

/** Its reason has been told by the rejection of what was running. */
function ignoreTwin(_error: Error): void {
  // nothing is left to do
}

const left = (clock: Clock, deadlineAt: number): number => Math.max(0, deadlineAt - clock.monotonic())

async function borrow(pool: Pool, clock: Clock, deadlineAt: number): Promise<PoolClient> {
  if (left(clock, deadlineAt) === 0) {
    throw new OperationalError('no time is left to ask Postgres', { code: DEADLINE_EXCEEDED, retryable: true })
  }
  const lent = pool.connect()
  try {
    return await withDeadline(lent, left(clock, deadlineAt), 'connecting to Postgres', clock)
  } catch (error) {
    // It may still come: then it goes back, or the pool would be one short for ever.
    lent.then((client) => client.release(), ignoreTwin)
    throw error
  }
}
