import { expect, test } from 'vitest'
import { describeUnready } from './unready.ts'

const starting = { ok: false, detail: 'starting' }

test('names what a process waits for, and the variable of what was given by URL', () => {
  const body = {
    status: 'not-ready',
    checks: {
      server: starting,
      redis: { ok: false },
      kafka: { ok: true },
      partitions: { ok: false, detail: '64 owned, 64 not ready' },
    },
  }
  const unready = describeUnready('server', body, { redis: 'redis://:secret@10.0.0.5', kafka: 'b:1' })
  expect(unready.message).toBe('redis: no answer (REDIS_URL is 10.0.0.5:6379); partitions: 64 owned, 64 not ready')
  expect(unready.advice).toBe('start what REDIS_URL names, or correct or unset it')
})

test('advises nothing about what is started here', () => {
  const body = { checks: { gateway: starting, kafka: { ok: false, detail: 'not reached yet' } } }
  const unready = describeUnready('gateway', body, {})
  expect([unready.message, unready.advice]).toEqual(['kafka: not reached yet', ''])
})

test('tells the process’s own check where no other fails, and makes do with an answer that is none', () => {
  expect(describeUnready('server', { checks: { server: starting } }, {}).message).toBe('server: starting')
  for (const body of [undefined, 'x', {}, { checks: 1 }, { checks: {} }]) {
    expect(describeUnready('server', body, {}).message).toBe('its /readyz says so, and not why')
  }
})
