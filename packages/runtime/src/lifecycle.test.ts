import { expect, test } from 'vitest'
import { createLifecycle } from './lifecycle.ts'
import { createLogger } from './logger.ts'
import { manualClock } from './testing/manual-clock.ts'

function setup() {
  const clock = manualClock()
  const log: string[] = []
  const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => log.push(line) } })
  const lifecycle = createLifecycle({ logger, clock, deadlineMs: 1_000 })
  const order: string[] = []
  const part = (name: string) =>
    lifecycle.acquire(
      name,
      () => void order.push(`+${name}`),
      () => void order.push(`-${name}`),
    )
  return { clock, log, lifecycle, order, part }
}

test('releases in the reverse order of the starts, once', async () => {
  const { lifecycle, order, part } = setup()
  await part('redis')
  await part('kafka')
  await part('listener')
  const first = lifecycle.stop('SIGTERM')
  expect(lifecycle.stop('again')).toBe(first)
  await first
  await lifecycle.stopped
  expect(order).toEqual(['+redis', '+kafka', '+listener', '-listener', '-kafka', '-redis'])
})

test('passes over a release that hangs and one that fails, and logs both', async () => {
  const { clock, lifecycle, order, part, log } = setup()
  await part('first')
  await lifecycle.acquire(
    'failing',
    () => 1,
    () => Promise.reject(new Error('torn')),
  )
  await lifecycle.acquire(
    'hanging',
    () => 1,
    () => new Promise(() => undefined),
    { deadlineMs: 5_000 },
  )
  const stopping = lifecycle.stop('test')
  await clock.advance(4_999)
  expect(order).toEqual(['+first'])
  await clock.advance(1)
  await stopping
  expect(order).toEqual(['+first', '-first'])
  expect(log.filter((line) => line.includes('"part":"hanging"') || line.includes('torn'))).toHaveLength(2)
})

test('releases a part whose start ends while stopping, and refuses new ones', async () => {
  const { lifecycle, order, part } = setup()
  const { promise: slow, resolve: finishStart } = Promise.withResolvers<void>()
  const acquiring = lifecycle.acquire(
    'slow',
    () => slow,
    () => void order.push('-slow'),
  )
  const stopping = lifecycle.stop('test')
  finishStart()
  await expect(acquiring).rejects.toMatchObject({ code: 'stopping' })
  await stopping
  await expect(part('late')).rejects.toMatchObject({ code: 'stopping' })
  expect(order).toEqual(['-slow'])
  expect(lifecycle.signal.aborted).toBe(true)
})

test('releases even a part whose start ends after the deadline of the stop', async () => {
  const { clock, lifecycle, order } = setup()
  const { promise: slow, resolve: finishStart } = Promise.withResolvers<void>()
  const acquiring = lifecycle.acquire(
    'slow',
    () => slow,
    () => void order.push('-slow'),
  )
  const stopping = lifecycle.stop('test')
  await clock.advance(1_000)
  await stopping
  finishStart()
  await expect(acquiring).rejects.toMatchObject({ code: 'stopping' })
  expect(order).toEqual(['-slow'])
})
