import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, portIsFree, type Service, startKafka, startPostgres, startRedis } from '@holdfast/stack'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

const KINDS = { redis: startRedis, kafka: startKafka, postgres: startPostgres }

describe.for(['redis', 'kafka', 'postgres'] as const)('%s', (role) => {
  let dir = ''
  let port = 0
  let service: Service | undefined
  const start = () => KINDS[role]({ dataDir: join(dir, role), port, logDir: join(dir, 'logs') })
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'holdfast-stack-'))
    port = (await freePorts(1))[0] ?? 0
  })
  afterAll(async () => {
    await service?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  test('answers on its port when started, and starts again there after kill -9', async () => {
    const first = await start()
    expect(first.ports).toEqual({ [role]: port })
    first.kill('SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(first.alive()).toBe(false)
    service = await start()
    expect(service.alive()).toBe(true)
    expect(service.pid).not.toBe(first.pid)
    expect(await portIsFree(port)).toBe(false)
  })

  test('is gone when stop resolves, and leaves its port free', async () => {
    await service?.stop()
    await service?.stop()
    expect(service?.alive()).toBe(false)
    expect(await portIsFree(port)).toBe(true)
  })

  test('keeps its folder to its user and its password out of the logs', () => {
    expect(statSync(join(dir, role)).mode & 0o077).toBe(0)
    const secret = role === 'postgres' ? new URL(service?.url ?? '').password : undefined
    if (secret === undefined) return
    const logs = readdirSync(join(dir, 'logs')).map((file) => readFileSync(join(dir, 'logs', file), 'utf8'))
    expect(secret.length).toBeGreaterThan(20)
    expect(logs.join('')).not.toContain(secret)
  })
})

test('refuses a port that another process answers on, in one line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-stack-'))
  const [port = 0] = await freePorts(1)
  const holder = await startRedis({ dataDir: join(dir, 'a'), port, logDir: join(dir, 'logs') })
  onTestFinished(async () => {
    await holder.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const second = startRedis({ dataDir: join(dir, 'b'), port, logDir: join(dir, 'logs') })
  await expect(second).rejects.toThrow(`port ${port} for redis is in use: stop what listens there`)
})
