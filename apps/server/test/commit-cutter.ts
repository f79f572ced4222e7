import { connect, createServer, type Socket } from 'node:net'

/**
 * A proxy in front of Postgres that can lose the answer to a COMMIT: at `cutNextCommit('after')` the next COMMIT reaches
 * Postgres and its answer never comes back; at `'before'` the COMMIT itself is lost. Either way the connection ends, and
 * while `closed`, new ones are refused.
 */
export interface CommitCutter {
  readonly url: string
  cutNextCommit(where: 'before' | 'after', then?: 'closed'): void
  open(): void
  close(): Promise<void>
}

export async function commitCutter(databaseUrl: string): Promise<CommitCutter> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let cut: { where: 'before' | 'after'; then: 'closed' | undefined } | undefined
  let closed = false

  const cutAll = (): void => {
    if (cut?.then === 'closed') closed = true
    cut = undefined
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((near) => {
    if (closed) {
      near.destroy()
      return
    }
    const far = connect(Number(target.port), target.hostname)
    let isCommitting = false
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk) => {
      isCommitting = cut !== undefined && chunk.includes('COMMIT')
      if (isCommitting && cut?.where === 'before') cutAll()
      else far.write(chunk)
    })
    // An answer to COMMIT means that Postgres has done it.
    far.on('data', (chunk) => (isCommitting ? cutAll() : near.write(chunk)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const url = new URL(databaseUrl)
  url.port = String(address.port)
  return {
    url: url.href,
    cutNextCommit(where, then) {
      cut = { where, then }
    },
    open() {
      closed = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
