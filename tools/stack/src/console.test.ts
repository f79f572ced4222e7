import { expect, test } from 'vitest'
import { readStackConfig } from './config.ts'
import { consoleCommand, nextEnvironment, originsOf } from './console.ts'
import { processEnvironment } from './process-environment.ts'
import { rolesOf } from './watch.ts'

const ports = {
  gateways: [
    { telnet: 1, http: 2 },
    { telnet: 3, http: 4 },
  ],
  servers: [{ http: 5 }],
  web: [{ http: 6 }],
}
const urls = { redis: 'redis://r', kafka: 'k:1', postgres: 'postgres://secret@p/d' }
const secrets = { HOLDFAST_SECRET: 'sixteen characters', HOLDFAST_WIZARD_PASSWORD: 'wizard-of-tests' }
const given = (env: NodeJS.ProcessEnv = {}) => ({
  config: readStackConfig({ ...secrets, DATABASE_URL: urls.postgres, ...env }),
  urls,
  ports,
  secretFile: '',
  watch: false,
})

test('tells those that strangers talk to neither the world’s database nor the wizard’s password', () => {
  for (const role of ['gateway', 'web'] as const) {
    const env = processEnvironment(role, 0, {}, given())
    expect(env).toMatchObject({
      REDIS_URL: urls.redis,
      KAFKA_BROKERS: urls.kafka,
      HOLDFAST_SECRET: 'sixteen characters',
    })
    expect(Object.values(env).filter((value) => value?.includes('secret@') || value === 'wizard-of-tests')).toEqual([])
  }
  expect(processEnvironment('server', 0, {}, given())).toMatchObject({ DATABASE_URL: urls.postgres })
})

test('lets the console’s own pages open the gateways’ WebSockets, or those that an operator names', () => {
  const origins = 'http://localhost:6,http://127.0.0.1:6'
  expect(processEnvironment('gateway', 1, { telnet: 3, http: 4 }, given())).toMatchObject({
    HOLDFAST_HTTP_PORT: '4',
    HOLDFAST_WS_ORIGINS: origins,
  })
  expect(processEnvironment('web', 0, { http: 6 }, given()).HOLDFAST_HTTP_PORT).toBe('2')
  const named = 'https://mush.example'
  expect(originsOf(readStackConfig({ HOLDFAST_WS_ORIGINS: named }), { http: 6 })).toBe(named)
  expect(originsOf(readStackConfig({ HOLDFAST_HOST: '::1' }), { http: 6 })).toBe(`${origins},http://[::1]:6`)
  expect(originsOf(readStackConfig({ HOLDFAST_HOST: '0.0.0.0' }), { http: 6 })).toBe(origins)
  expect(originsOf(readStackConfig({}, { withConsole: false }), undefined)).toBe('')
})

test('runs what was built, ending by its own rules; or what is being written', () => {
  const config = readStackConfig({})
  expect(consoleCommand(config, { http: 6 }, false).slice(2)).toEqual(
    expect.arrayContaining(['start', '--hostname', '127.0.0.1', '--port', '6']),
  )
  expect(consoleCommand(config, { http: 6 }, true)).toContain('dev')
  expect(nextEnvironment(false)).toMatchObject({ NODE_ENV: 'production', NEXT_MANUAL_SIG_HANDLE: '1' })
  expect(nextEnvironment(true)).toEqual({ NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1' })
})

test('starts the console again only for what Next does not compile', () => {
  expect(rolesOf('apps/web', 'server/api/live.ts')).toEqual(['web'])
  expect(rolesOf('apps/web', 'config.ts')).toEqual(['web'])
  expect(rolesOf('apps/web', null)).toEqual(['web'])
  expect(rolesOf('apps/web', 'features/sessions/table.tsx')).toEqual([])
  expect(rolesOf('packages/store', 'index.ts')).toEqual(['gateway', 'server', 'web'])
  expect(rolesOf('apps/gateway', 'main.ts')).toEqual(['gateway'])
})
