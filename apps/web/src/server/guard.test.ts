import { expect, test } from 'vitest'
import type { RouteName } from './console-process.ts'
import { BACKGROUND_HEADER } from './guard.ts'
import { IDLE_MS, UNCONFIRMED_MS } from './sign-in-sessions.ts'
import { createApiRig } from './testing/api-rig.ts'

const READS: RouteName[] = [
  'ownSession',
  'ownSessions',
  'sessions',
  'session',
  'divergence',
  'trend',
  'queues',
  'events',
  'health',
  'audit',
  'command',
  'pulse',
  'live',
]
const CHANGES: RouteName[] = ['signOut', 'endOwnSession', 'submitCommand', 'stopCommand']
const recheck = { id: 'c1', type: 'recheck', target: { filter: '' } }

test('lets nobody in without a session, whatever is asked', async () => {
  const { ask } = createApiRig()
  for (const cookie of [undefined, '', 'holdfast=', 'holdfast=guess', 'other=1; holdfast=guess']) {
    for (const route of READS) expect((await ask(route, { headers: { cookie } })).status, route).toBe(401)
    for (const route of CHANGES) {
      expect((await ask(route, { method: 'POST', body: recheck, headers: { cookie } })).status, route).toBe(401)
    }
  }
})

test('changes nothing for another site, nor for whoever does not say where it asks from', async () => {
  const { ask, signIn, submitted } = createApiRig()
  const cookie = await signIn()
  const from = (headers: Record<string, string | undefined>) =>
    ask('submitCommand', { method: 'POST', body: recheck, headers: { cookie, ...headers } })
  expect((await from({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await from({ 'sec-fetch-site': undefined, origin: 'https://evil.example' })).status).toBe(403)
  expect((await from({ 'sec-fetch-site': undefined, origin: undefined })).status).toBe(403)
  expect(submitted).toEqual([])
  expect((await from({ 'sec-fetch-site': undefined })).status).toBe(202)
})

test('refuses a password, a cookie and every question over plain HTTP from elsewhere', async () => {
  const { ask, signIn } = createApiRig()
  const cookie = await signIn()
  const arrival = { host: 'mush.example' }
  const body = { name: 'Corwin', password: 'x' }
  expect((await ask('signIn', { method: 'POST', body, arrival })).status).toBe(403)
  const read = await ask('ownSession', { headers: { cookie }, arrival })
  expect([read.status, await read.json()]).toMatchObject([403, { code: 'insecure' }])
})

test('has a cookie of its own under HTTPS, that no plain page can set', async () => {
  const { ask } = createApiRig()
  const arrival = { host: 'mush.example', scheme: 'https' }
  const body = { name: 'Corwin', password: 'x' }
  const headers = { origin: 'https://mush.example' }
  const response = await ask('signIn', { method: 'POST', body, arrival, headers })
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-holdfast=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/)
  const [pair = ''] = cookie.split(';')
  expect((await ask('ownSession', { headers: { cookie: pair }, arrival })).status).toBe(200)
  const renamed = pair.replace('__Host-holdfast', 'holdfast')
  expect((await ask('ownSession', { headers: { cookie: renamed }, arrival })).status).toBe(401)
})

test('changes nothing while it is read-only, and says why; a wizard may still sign out', async () => {
  const configured = createApiRig({ isReadOnly: true })
  const cookie = await configured.signIn()
  const command = await configured.ask('submitCommand', { method: 'POST', body: recheck, headers: { cookie } })
  expect([command.status, await command.json()]).toMatchObject([
    403,
    { code: 'read-only', detail: expect.stringContaining('HOLDFAST_CONSOLE_READONLY') },
  ])
  expect(configured.submitted).toEqual([])
  expect(await (await configured.ask('ownSession', { headers: { cookie } })).json()).toMatchObject({
    readOnly: 'configured',
  })
  expect((await configured.ask('signOut', { method: 'POST', headers: { cookie } })).status).toBe(204)
})

test('lets a wizard look, and change nothing, whom no server could confirm for a quarter of an hour', async () => {
  const { clock, answers, ask, signIn } = createApiRig()
  const cookie = await signIn()
  answers.standing = { kind: 'unavailable' }
  await clock.advance(UNCONFIRMED_MS + 60_000)
  expect(await (await ask('ownSession', { headers: { cookie } })).json()).toMatchObject({ readOnly: 'unconfirmed' })
  expect((await ask('submitCommand', { method: 'POST', body: recheck, headers: { cookie } })).status).toBe(403)
})

test('is kept signed in by what a person does, not by what a page does by itself', async () => {
  const { clock, ask, signIn } = createApiRig()
  const [used, left] = [await signIn(), await signIn()]
  for (let passed = 0; passed < IDLE_MS; passed += 600_000) {
    await clock.advance(600_000)
    await ask('ownSession', { headers: { cookie: used } })
    await ask('ownSession', { headers: { cookie: left, [BACKGROUND_HEADER]: '1' } })
  }
  await clock.advance(1)
  expect((await ask('ownSession', { headers: { cookie: used } })).status).toBe(200)
  expect((await ask('ownSession', { headers: { cookie: left } })).status).toBe(401)
})

test('knows who asks for a page, and takes a page that is fetched ahead for no use', async () => {
  const { clock, guard, signIn } = createApiRig()
  const cookie = await signIn()
  const page = (extra: Record<string, string> = {}) =>
    guard.visitorOf(new Headers({ cookie, 'x-holdfast-host': 'localhost', 'x-holdfast-scheme': 'http', ...extra }))
  expect(await page()).toMatchObject({ name: 'Corwin', dbref: '#1', readOnly: null })
  await clock.advance(IDLE_MS - 1)
  expect(await page({ 'next-router-prefetch': '1' })).not.toBeNull()
  await clock.advance(2)
  expect(await page()).toBeNull()
})
