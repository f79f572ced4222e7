import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Logger, messageOf, OperationalError, withoutMapping } from '@holdfast/runtime'

/** Connections the kernel keeps for us while we are busy: node's own default, and no fewer (2,000 may come at once). */
export const BACKLOG_MIN = 511
/** After this much silence the kernel asks whether the client is still there, ms. */
export const KEEPALIVE_DELAY_MS = 60_000

/** Where a client comes from; an IPv4 address always in its own form, never as `::ffff:...`. */
export interface RemoteAddress {
  readonly ip: string
  readonly port: number
}

export interface TelnetListenerOptions {
  host: string
  /** 0: any free one. */
  port: number
  /** At least BACKLOG_MIN; less is raised to it. The kernel's own limit (somaxconn) holds too. */
  backlog?: number
  /** Owns the socket from here on, its `error` event above all. When it throws, the socket is destroyed. */
  onConnection(socket: Socket, remote: RemoteAddress): void
  logger: Pick<Logger, 'error'>
}

export interface TelnetListener {
  readonly port: number
  /** Takes no more connections; those there are live on, they belong to whoever got them. */
  close(): Promise<void>
}

/**
 * Listens for telnet clients. Rejects with an OperationalError: code `port-in-use`, or `listen-failed` with the system's cause.
 */
export async function startTelnetListener(options: TelnetListenerOptions): Promise<TelnetListener> {
  const { host, port, backlog = BACKLOG_MIN, logger } = options
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_DELAY_MS })
  server.on('connection', (socket) => accept(socket, options))
  try {
    const listening = once(server, 'listening')
    server.listen({ host, port, backlog: Math.max(backlog, BACKLOG_MIN) })
    await listening
  } catch (error) {
    throw listenError(error, host, port)
  }
  // One failed accept (out of file descriptors, say) is no reason to end a process full of players.
  server.on('error', (error) => logger.error({ err: error }, 'telnet listener could not accept a connection'))
  return { port: portOf(server), close: () => closeListener(server) }
}

function accept(socket: Socket, { onConnection, logger }: TelnetListenerOptions): void {
  const { remoteAddress, remotePort } = socket
  // Gone before we looked: there is nobody to serve, and no address to count it under.
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.destroy()
    return
  }
  try {
    onConnection(socket, { ip: withoutMapping(remoteAddress), port: remotePort })
  } catch (error) {
    logger.error({ err: error }, 'a telnet connection could not be set up')
    socket.on('error', () => socket.destroy())
    socket.destroy()
  }
}

function listenError(error: unknown, host: string, port: number): OperationalError {
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return inUse
    ? new OperationalError(
        `telnet port ${port} on ${host} is in use: stop what listens there or set HOLDFAST_TELNET_PORT`,
        {
          code: 'port-in-use',
          cause: error,
        },
      )
    : new OperationalError(`cannot listen for telnet on ${host}:${port}: ${messageOf(error)}`, {
        code: 'listen-failed',
        cause: error,
      })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has an address')
  return address.port
}

/** Resolves at once after the port is free: the server's own `close` event waits for all connections to end. */
async function closeListener(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  await promise
}
