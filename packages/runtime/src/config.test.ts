import { expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, count, durationMs, flag, list, port, readConfig, url } from './config.ts'

const schema = z.object({
  HOLDFAST_TELNET_PORT: port().default(4201),
  HOLDFAST_CONSOLE_READONLY: flag().default(false),
  HOLDFAST_TRUSTED_PROXIES: list().default([]),
  IDLE_TIMEOUT: durationMs().default(1_000),
  HOLDFAST_SERVERS: count({ min: 1, max: 64 }).default(1),
  HOLDFAST_SECRET: z.string().describe('32 random bytes in hex'),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379').optional(),
})

test('gives typed values and defaults', () => {
  expect(
    readConfig(schema, {
      HOLDFAST_SECRET: 's',
      HOLDFAST_CONSOLE_READONLY: 'ON',
      HOLDFAST_TRUSTED_PROXIES: '10.0.0.0/8, ::1,,',
      IDLE_TIMEOUT: '1.5m',
      REDIS_URL: 'redis://[::1]:6379/2',
      UNKNOWN: 'x',
    }),
  ).toEqual({
    HOLDFAST_TELNET_PORT: 4201,
    HOLDFAST_CONSOLE_READONLY: true,
    HOLDFAST_TRUSTED_PROXIES: ['10.0.0.0/8', '::1'],
    IDLE_TIMEOUT: 90_000,
    HOLDFAST_SERVERS: 1,
    HOLDFAST_SECRET: 's',
    REDIS_URL: 'redis://[::1]:6379/2',
  })
})

test('takes an empty variable as unset', () => {
  const config = readConfig(schema, { HOLDFAST_TELNET_PORT: '', HOLDFAST_SECRET: 's', REDIS_URL: ' ' })
  expect(config.HOLDFAST_TELNET_PORT).toBe(4201)
  expect(config.REDIS_URL).toBeUndefined()
})

test('lists every problem, one line each, with what to do', () => {
  const read = () =>
    readConfig(schema, {
      HOLDFAST_TELNET_PORT: '70000',
      HOLDFAST_CONSOLE_READONLY: 'maybe',
      IDLE_TIMEOUT: 'soon',
      HOLDFAST_SERVERS: '0',
      REDIS_URL: 'localhost',
    })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(
    [
      'HOLDFAST_TELNET_PORT: use a port number from 0 (any free port) to 65535',
      'HOLDFAST_CONSOLE_READONLY: use "on" or "off"',
      'IDLE_TIMEOUT: use a duration such as 250ms, 2s, 5m or 1h',
      'HOLDFAST_SERVERS: use a whole number, from 1 to 64',
      'HOLDFAST_SECRET is not set: set it to 32 random bytes in hex',
      'REDIS_URL: use a URL such as redis://127.0.0.1:6379',
    ].join('\n'),
  )
})

test('keeps values out of the message', () => {
  const read = () => readConfig(z.object({ PASSWORD_PORT: port() }), { PASSWORD_PORT: 'hunter2' })
  expect(read).toThrow('PASSWORD_PORT: use a port number')
  expect(read).not.toThrow('hunter2')
})
