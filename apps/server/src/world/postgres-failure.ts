/**
 * What a failed statement means for whoever ran it:
 * - `conflict`: two changes met (serialization, deadlock, a unique key): running again settles it;
 * - `slow`: Postgres lives but did not finish in time;
 * - `away`: no answer, or one that says to come back: nothing of the transaction is kept unless COMMIT was sent;
 * - `fault`: our own mistake, to be thrown.
 */
export type PostgresFailure = 'conflict' | 'slow' | 'away' | 'fault'

/** The code of errors that say "no answer in time"; everything else without an SQLSTATE from the driver is a socket's. */
const SQLSTATE = /^[0-9A-Z]{5}$/

const CONFLICT = new Set(['40001', '40P01', '23505'])
/** query_canceled (statement_timeout), lock_not_available. */
const SLOW = new Set(['57014', '55P03'])
/** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, idle_in_transaction_session_timeout. */
const AWAY = new Set(['57P01', '57P02', '57P03', '53300', '25P03'])
/** connection_exception, insufficient_resources, system_error. */
const AWAY_CLASSES = new Set(['08', '53', '58'])

/** Codes of node's sockets and of our own deadlines. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'deadline-exceeded',
])

/** What node-postgres says without any code when a connection ends under a query. */
const CONNECTION_ENDED =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed|Query read timeout|timeout expired/

export function classifyFailure(error: unknown): PostgresFailure {
  for (const link of chainOf(error)) {
    const code = 'code' in link && typeof link.code === 'string' ? link.code : undefined
    if (code !== undefined && NETWORK.has(code)) return 'away'
    if (code !== undefined && SQLSTATE.test(code)) return classifyState(code)
    if (CONNECTION_ENDED.test(link.message)) return 'away'
  }
  return 'fault'
}

function classifyState(code: string): PostgresFailure {
  if (CONFLICT.has(code)) return 'conflict'
  if (SLOW.has(code)) return 'slow'
  return AWAY.has(code) || AWAY_CLASSES.has(code.slice(0, 2)) ? 'away' : 'fault'
}

/** Drizzle wraps what the driver threw, and the pool wraps what the socket threw: the reason is down the causes. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = []
  for (let link = error; link instanceof Error && !chain.includes(link); link = link.cause) {
    chain.push(link)
    if (link instanceof AggregateError) chain.push(...link.errors.filter((inner) => inner instanceof Error))
  }
  return chain
}
