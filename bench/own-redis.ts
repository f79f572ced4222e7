import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts, startRedis } from '@holdfast/stack'
import { createRedis } from '@holdfast/store'
import { Redis } from 'ioredis'

export interface OwnRedis {
  readonly port: number
  /** The product's own kind of client for flushes, and a plain one that pipelines by itself, for the references. */
  readonly ours: Redis
  readonly plain: Redis
  version(): Promise<string>
  stop(): Promise<void>
}

/** A Redis with the product's settings (append-only file, fsync each second), for one claim alone. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const [port = 0] = await freePorts(1)
  const service = await startRedis({ dataDir: join(dir, 'redis'), port, logDir: join(dir, 'logs') })
  const fail = (error: Error): void => console.error(`Redis: ${error.message}`)
  const ours = createRedis(service.url, 'flush', fail)
  const plain = new Redis(service.url, { enableAutoPipelining: true })
  plain.on('error', fail)
  await Promise.all([untilOpen(ours), untilOpen(plain)])
  return {
    port,
    ours,
    plain,
    version: async () => /redis_version:(\S+)/.exec(await plain.info('server'))?.[1] ?? 'unknown',
    async stop() {
      ours.disconnect()
      plain.disconnect()
      await service.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const untilOpen = (redis: Redis): Promise<void> =>
  new Promise((resolve) => {
    if (redis.status === 'ready') resolve()
    else redis.once('ready', () => resolve())
  })

/** Bytes that Redis has received since it was started. */
export async function receivedBytes(redis: Redis): Promise<number> {
  const found = /total_net_input_bytes:(\d+)/.exec(await redis.info('stats'))
  if (!found) throw new Error('Redis does not say how many bytes it has received')
  return Number(found[1])
}

/** What `redis-benchmark -P 50` says of a command, requests a second. */
export async function redisBenchmark(port: number, requests: number, command: readonly string[]): Promise<number> {
  const settings = ['-p', String(port), '-n', String(requests), '-P', '50', '-r', '100000', '--csv']
  const { stdout } = await promisify(execFile)('redis-benchmark', [...settings, ...command])
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const perSecond = Number(/^"[^"]*","([\d.]+)"/.exec(line)?.[1])
  if (!Number.isFinite(perSecond)) throw new Error(`redis-benchmark has said: ${stdout}`)
  return perSecond
}
