import { ConfigError } from '@holdfast/runtime'
import { expect, test } from 'vitest'
import { readGatewayConfig } from './config.ts'

const SECRET = 'sixteen letters!'
const NEEDED = { HOLDFAST_SECRET: SECRET, REDIS_URL: 'redis://127.0.0.1:6380', KAFKA_BROKERS: '127.0.0.1:9092' }

function refusal(environment: Record<string, string>): string {
  try {
    readGatewayConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

test('has the documented defaults', () => {
  expect(readGatewayConfig(NEEDED)).toEqual({
    host: '127.0.0.1',
    telnetPort: 4201,
    httpPort: 4202,
    wsOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
    trustedProxies: expect.anything(),
    secret: SECRET,
    redisUrl: 'redis://127.0.0.1:6380',
    brokers: ['127.0.0.1:9092'],
  })
})

test('lets pages of the origins that are named open a WebSocket, and of no others', () => {
  const named = { ...NEEDED, HOLDFAST_WS_ORIGINS: 'https://mush.example.org, http://localhost:8080' }
  expect(readGatewayConfig(named).wsOrigins).toEqual(['https://mush.example.org', 'http://localhost:8080'])
  expect(readGatewayConfig({ ...NEEDED, HOLDFAST_WEB_PORT: '3100' }).wsOrigins).toEqual([
    'http://localhost:3100',
    'http://127.0.0.1:3100',
  ])
})

test.each(['*', 'mush.example.org', 'https://mush.example.org/', 'null'])('refuses %s as an origin', (origin) => {
  expect(refusal({ ...NEEDED, HOLDFAST_WS_ORIGINS: origin })).toContain('HOLDFAST_WS_ORIGINS')
})

test('names all that is wrong in one message, and never the secret', () => {
  const message = refusal({ HOLDFAST_SECRET: 'too short', HOLDFAST_TELNET_PORT: 'x', KAFKA_BROKERS: '' })
  for (const name of ['HOLDFAST_SECRET', 'HOLDFAST_TELNET_PORT', 'REDIS_URL', 'KAFKA_BROKERS'])
    expect(message).toContain(name)
  expect(message).not.toContain('too short')
})

test.each([
  ['HOLDFAST_TELNETS_PORT', '4443'],
  ['HOLDFAST_PROXY_PROTOCOL', 'required'],
])('refuses %s, whose promise it cannot keep yet', (name, value) => {
  expect(refusal({ ...NEEDED, [name]: value })).toContain(name)
})
