import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, type Service, startPostgres } from '@holdfast/stack'
import { Client } from 'pg'

/** A real Postgres that a test may kill, stop and bring back: its own, on a folder of its own. */
export interface OwnPostgres {
  readonly url: string
  /** kill -9, backends and all; resolves when it is gone. */
  kill(): Promise<void>
  /** The same data, the same port. */
  start(): Promise<void>
  /** SIGSTOP or SIGCONT to every process of it: sockets stay open and nothing is said. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  query(text: string): Promise<Record<string, unknown>[]>
  remove(): Promise<void>
}

export async function ownPostgres(): Promise<OwnPostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error('no free port')
  const options = { dataDir: join(dir, 'postgres'), port, logDir: join(dir, 'logs') }
  let service: Service = await startPostgres(options)

  const signalAll = (signal: NodeJS.Signals): void => {
    // Backends are in process groups of their own, so the tree is walked.
    for (const pid of [service.pid, ...descendantsOf(service.pid)]) signalOne(pid, signal)
  }
  return {
    url: service.url,
    async kill() {
      signalAll('SIGKILL')
      await service.exited
    },
    async start() {
      service = await startPostgres(options)
    },
    signal: signalAll,
    async query(text) {
      const client = new Client({ connectionString: service.url })
      await client.connect()
      try {
        return (await client.query(text)).rows
      } finally {
        await client.end()
      }
    },
    async remove() {
      // Not asked: a test that failed may have left it stopped, and what is stopped does not hear.
      if (service.alive()) signalAll('SIGKILL')
      await service.exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  const children = stdout
    .split('\n')
    .map(Number)
    .filter((each) => each > 0)
  return children.flatMap((each) => [each, ...descendantsOf(each)])
}

/** A backend may have ended between the look and the signal: then there is nobody to signal. */
function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
