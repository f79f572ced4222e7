import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, type Service, startRedis } from '@holdfast/stack'

/** A Redis that a test may kill, roll back and replace: no supervisor starts it again behind the test's back. */
export interface OwnRedis {
  readonly url: string
  kill(): Promise<void>
  /** Starts it again on the same port, with what lies in its folder. */
  start(): Promise<void>
  /** Remembers what it has written to disk by now. */
  snapshot(): void
  /** Killed, its files put back to the last snapshot, started again. */
  rollBack(): Promise<void>
  /** Killed, its files thrown away, started again: an empty Redis at the same address. */
  replace(): Promise<void>
  stop(): Promise<void>
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-own-redis-'))
  const dataDir = join(folder, 'redis')
  const copy = join(folder, 'snapshot')
  const [port = 0] = await freePorts(1)
  const open = (): Promise<Service> => startRedis({ dataDir, logDir: join(folder, 'logs'), port })
  let service = await open()
  const { url } = service
  const kill = async (): Promise<void> => {
    service.kill('SIGKILL')
    await service.exited
  }
  const start = async (): Promise<void> => {
    service = await open()
  }
  return {
    url,
    kill,
    start,
    snapshot() {
      rmSync(copy, { recursive: true, force: true })
      cpSync(dataDir, copy, { recursive: true })
    },
    async rollBack() {
      await kill()
      rmSync(dataDir, { recursive: true, force: true })
      cpSync(copy, dataDir, { recursive: true })
      await start()
    },
    async replace() {
      await kill()
      rmSync(dataDir, { recursive: true, force: true })
      await start()
    },
    async stop() {
      await service.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
