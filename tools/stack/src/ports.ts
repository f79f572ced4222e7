import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { freePortRange } from './config.ts'
import { StackError } from './stack-error.ts'

const TRIES = 500

/** Why nothing can listen there now; `other` with the system's own code. */
export type PortProblem = 'in-use' | 'not-our-address' | 'not-allowed' | { other: string }

const PROBLEMS: Readonly<Record<string, PortProblem>> = {
  EADDRINUSE: 'in-use',
  EADDRNOTAVAIL: 'not-our-address',
  EAFNOSUPPORT: 'not-our-address',
  EINVAL: 'not-our-address',
  ENOTFOUND: 'not-our-address',
  EAI_AGAIN: 'not-our-address',
  EACCES: 'not-allowed',
}

/** What keeps this process from listening there, or null. Port 0 asks about the host alone. */
export function portProblem(port: number, host: string): Promise<PortProblem | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve(PROBLEMS[code] ?? { other: code }))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

/** Whether something can listen there now. */
export const portIsFree = async (port: number, host = '127.0.0.1'): Promise<boolean> =>
  (await portProblem(port, host)) === null

/** `count` different loopback ports with nothing listening on them; random, so that parallel runs rarely meet. */
export async function freePorts(count: number, except: ReadonlySet<number> = new Set()): Promise<number[]> {
  const { lowest, highest } = freePortRange()
  const found = new Set<number>()
  for (let tries = 0; found.size < count && tries < TRIES; tries += 1) {
    const port = randomInt(lowest, highest)
    if (!found.has(port) && !except.has(port) && (await portIsFree(port))) found.add(port)
  }
  if (found.size < count) throw new StackError(`no ${count} free ports between ${lowest} and ${highest}`)
  return [...found]
}

/** The first free port from `from` upwards that is not in `except`. */
export async function nextFreePort(from: number, host: string, except: ReadonlySet<number>): Promise<number> {
  for (let port = from; port < from + TRIES && port <= 65_535; port += 1) {
    if (!except.has(port) && (await portIsFree(port, host))) return port
  }
  throw new StackError(`no free port from ${from} upwards: stop what holds them, or choose another first port`)
}
