import { waitUntil } from '@holdfast/runtime/testing'
import { consoleSessionSchema, signedInPlacesSchema } from '@holdfast/store/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, newCommandId, openBrowser, problemIn } from './harness/console-client.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { readLive } from './harness/live-stream.ts'
import { createPlayer, loginPlayer, passwordOf } from './harness/player.ts'
import { readiness } from './harness/readiness.ts'

/** Who gets into the console, by what way, for how long. */

const ANSWER_MS = 5_000
const HEALED_MS = 30_000
const REFUSED_TEXT = 'That name and password do not open the console.'

let game: Game
let wizard: Browser

beforeAll(async () => {
  game = await startGame({ console: true })
  wizard = openBrowser(game.webPort)
  await wizard.signIn(WIZARD.name, WIZARD.password)
})
afterAll(() => game?.stop())

const READS = [
  '/api/auth/session',
  '/api/auth/sessions',
  '/api/sessions',
  '/api/sessions/0-01M85DCAED0NH65TJJHBZCZFF1',
  '/api/divergence',
  '/api/queues',
  '/api/events',
  '/api/health',
  '/api/audit',
  '/api/commands/some-id',
  '/api/live',
]

test('lets a wizard in, with a cookie that no script reads and no other site sends', async () => {
  const browser = openBrowser(game.webPort)
  const response = await browser.post('/api/auth/sign-in', {
    name: WIZARD.name.toLowerCase(),
    password: WIZARD.password,
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    name: WIZARD.name,
    dbref: '#1',
    role: 'wizard',
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await browser.read('/api/auth/session', consoleSessionSchema)).toMatchObject({ dbref: '#1', readOnly: null })
  const places = await browser.read('/api/auth/sessions', signedInPlacesSchema)
  expect(places.items.filter(({ isThis }) => isThis)).toHaveLength(1)
})

test('refuses a player, a wrong password and a name that nobody has with one and the same text', async () => {
  const player = await createPlayer(game, 'Peregrine')
  const stranger = openBrowser(game.webPort)
  const refusals = [
    { name: 'Peregrine', password: passwordOf('Peregrine') },
    { name: WIZARD.name, password: 'not the password' },
    { name: 'Nobodyatall', password: 'not the password' },
  ]
  for (const given of refusals) {
    const response = await stranger.post('/api/auth/sign-in', given)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await problemIn(response)).toMatchObject({ status: 401, code: 'signed-out', detail: REFUSED_TEXT })
  }
  player.hangUp()
})

test('signs in by a form, without JavaScript, and out again', async () => {
  const browser = openBrowser(game.webPort)
  const page = await (await browser.ask('/login')).text()
  expect(page).toMatch(/<form[^>]*action="\/api\/auth\/sign-in"[^>]*method="post"/)
  const submit = (path: string, fields: Record<string, string>) =>
    browser.ask(path, { method: 'POST', headers: { origin: browser.origin }, body: new URLSearchParams(fields) })
  const refused = await submit('/api/auth/sign-in', { name: WIZARD.name, password: 'wrong one' })
  expect([refused.status, refused.headers.get('location')]).toEqual([303, '/login?error=refused'])
  expect(await (await browser.ask('/login?error=refused')).text()).toContain(REFUSED_TEXT)
  const accepted = await submit('/api/auth/sign-in', WIZARD)
  expect([accepted.status, accepted.headers.get('location')]).toEqual([303, '/'])
  expect((await browser.ask('/')).status).toBe(200)
  const held = browser.cookie
  const out = await submit('/api/auth/sign-out', {})
  expect([out.status, out.headers.get('location'), browser.cookie]).toEqual([303, '/login', null])
  browser.cookie = held
  expect((await browser.ask('/api/sessions')).status).toBe(401)
  expect([(await browser.ask('/')).status, (await browser.ask('/sessions')).status]).toEqual([307, 307])
})

test('leads to the page that was asked for, once its wizard has signed in', async () => {
  const browser = openBrowser(game.webPort)
  const sent = await browser.ask('/sessions?filter=thorn')
  const signIn = '/login?next=%2Fsessions%3Ffilter%3Dthorn'
  expect([sent.status, sent.headers.get('location')]).toEqual([307, signIn])
  expect(await (await browser.ask(signIn)).text()).toMatch(/name="next"[^>]*value="\/sessions\?filter=thorn"/)
  const body = new URLSearchParams({ ...WIZARD, next: '/sessions?filter=thorn' })
  const accepted = await browser.ask('/api/auth/sign-in', { method: 'POST', headers: { origin: browser.origin }, body })
  expect([accepted.status, accepted.headers.get('location')]).toEqual([303, '/sessions?filter=thorn'])
})

test('tells a stranger nothing', async () => {
  const stranger = openBrowser(game.webPort)
  for (const cookie of [null, 'holdfast=guess', `holdfast=${'A'.repeat(43)}`]) {
    stranger.cookie = cookie
    for (const path of READS) {
      expect(await problemIn(await stranger.ask(path)), path).toMatchObject({ status: 401, code: 'signed-out' })
    }
    const command = { id: newCommandId(), type: 'recheck', target: { filter: '' } }
    expect((await stranger.post('/api/commands', command)).status).toBe(401)
    expect((await stranger.post('/api/auth/sign-out', {})).status).toBe(401)
  }
})

test('takes nothing from another site, whoever’s cookie it sends', async () => {
  const command = { id: newCommandId(), type: 'recheck', target: { filter: '' } }
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: wizard.origin, 'sec-fetch-site': 'cross-site' },
    { origin: wizard.origin, 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: `http://localhost:${game.webPort}` },
  ]
  for (const headers of foreign) {
    for (const [path, body] of [
      ['/api/commands', command],
      ['/api/auth/sign-in', WIZARD],
      ['/api/auth/sign-out', {}],
    ] as const) {
      const response = await wizard.post(path, body, headers)
      expect(await problemIn(response), `${path} ${JSON.stringify(headers)}`).toMatchObject({
        status: 403,
        code: 'not-same-origin',
      })
    }
  }
  const unproven = await wizard.ask('/api/commands', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  })
  expect(unproven.status).toBe(403)
  expect((await wizard.ask('/api/auth/session')).status).toBe(200)
  expect((await wizard.ask(`/api/commands/${command.id}`)).status).toBe(404)
})

test('refuses plain HTTP that comes from elsewhere, and believes no client about its way', async () => {
  const claims = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'mush.example', 'x-holdfast-scheme': 'https' }
  const { hostname, port } = new URL(wizard.origin)
  const { request } = await import('node:http')
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request(
      {
        hostname,
        port,
        path: '/api/auth/session',
        headers: { host: 'mush.example', cookie: wizard.cookie ?? '', ...claims },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
  expect(answer).toMatchObject({
    status: 403,
    body: expect.stringContaining('over HTTPS, or over plain HTTP on the machine'),
  })
})

test('ends a stream with its sign-in, and lets nobody open more than four', async () => {
  const browser = openBrowser(game.webPort)
  await browser.signIn(WIZARD.name, WIZARD.password)
  const streams = await Promise.all([1, 2, 3, 4].map(() => readLive(browser)))
  const fifth = await browser.ask('/api/live')
  expect(await problemIn(fifth)).toMatchObject({ status: 429, code: 'limited', retryAfterS: 10 })
  expect(fifth.headers.get('retry-after')).toBe('10')
  expect((await browser.post('/api/auth/sign-out', {})).status).toBe(204)
  for (const stream of streams) {
    await stream.waitFor('auth', ({ reason }) => reason === 'signed-out')
    await stream.ended
  }
})

test('makes who guesses passwords wait, and says how long', async () => {
  const stranger = openBrowser(game.webPort)
  const guess = () => stranger.post('/api/auth/sign-in', { name: 'Guessed', password: 'a guess' })
  const statuses: number[] = []
  for (let count = 0; count < 5; count += 1) statuses.push((await guess()).status)
  const last = await guess()
  expect(statuses).toEqual([401, 401, 401, 401, 401])
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await problemIn(last)).toMatchObject({ status: 429, code: 'limited' })
})

test('ends within two seconds of a signal with fifty streams open, is started again, and has signed nobody out', async () => {
  const browsers = Array.from({ length: 13 }, () => openBrowser(game.webPort))
  // One after the other: failures are few that may be under way at once.
  for (const browser of browsers) await browser.signIn(WIZARD.name, WIZARD.password)
  const streams = (
    await Promise.all(browsers.map((browser) => Promise.all([1, 2, 3, 4].map(() => readLive(browser)))))
  ).flat()
  expect(streams.length).toBeGreaterThanOrEqual(50)
  const { pid } = await game.process('web')
  const sentAt = performance.now()
  process.kill(pid, 'SIGTERM')
  const endedAt = await Promise.all(streams.map(({ ended }) => ended))
  expect(Math.max(...endedAt) - sentAt).toBeLessThan(2_000)
  await waitUntil(() => !isRunning(pid), { timeoutMs: 2_000, what: 'the end of the console' })
  console.log(`  console: gone ${Math.round(performance.now() - sentAt)} ms after the signal`)

  await waitUntil(async () => (await readiness(game.webPort)).status === 200, { timeoutMs: HEALED_MS, what: '/readyz' })
  expect((await game.process('web')).pid).not.toBe(pid)
  expect((await wizard.ask('/api/auth/session')).status).toBe(200)
  expect((await browsers[0]?.ask('/api/sessions'))?.status).toBe(200)
})

test('signs a wizard out everywhere when the password is changed', async () => {
  const character = await loginPlayer(game, WIZARD.name, WIZARD.password)
  const live = await readLive(wizard)
  await character.ask(`@password ${WIZARD.password}=another-password-of-the-tests`, /password/i, ANSWER_MS)
  await waitUntil(async () => (await wizard.ask('/api/auth/session')).status === 401, {
    timeoutMs: 20_000,
    what: 'the end of the sign-in',
  })
  await live.waitFor('auth', ({ reason }) => reason === 'revoked')
  character.hangUp()
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}
