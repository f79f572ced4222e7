import { waitUntil } from '@holdfast/runtime/testing'
import {
  auditSchema,
  commandSchema,
  consoleSessionSchema,
  divergenceSchema,
  eventsSchema,
  healthSchema,
  queuesSchema,
  sessionDetailSchema,
  sessionsSchema,
  signedInPlacesSchema,
} from '@holdfast/store/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, newCommandId, openBrowser, problemIn } from './harness/console-client.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { readLive } from './harness/live-stream.ts'
import { createPlayer, loginPlayer, passwordOf } from './harness/player.ts'
import { readiness } from './harness/readiness.ts'
import { sessionOf } from './harness/sessions.ts'

/** The console's HTTP API over a running game, as a browser and its enemies see it. */

const ANSWER_MS = 5_000
const DRIFTED_MS = 15_000
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

test('answers each question in exactly the shape of its schema', async () => {
  const player = await createPlayer(game, 'Quillon')
  const row = await wizard.row('Quillon')
  expect(row).toMatchObject({
    state: expect.any(String),
    transport: 'telnet',
    status: 'connected',
    loginState: 'loggedIn',
  })
  const detail = await wizard.read(`/api/sessions/${row.sid}`, sessionDetailSchema)
  expect(detail.redis.key).toBe((await sessionOf(game.redis, 'Quillon')).key)
  expect(detail.fields.map(({ name }) => name)).toContain('room')
  const page = await wizard.read('/api/sessions?filter=quill&sort=-idle,handle&offset=0&limit=5', sessionsSchema)
  expect([page.items.map(({ sid }) => sid), page.total, page.limit]).toEqual([[row.sid], 1, 5])
  await wizard.read('/api/divergence', divergenceSchema)
  await wizard.read('/api/queues', queuesSchema)
  await wizard.read('/api/audit', auditSchema)
  const { items } = await wizard.read(`/api/events?sid=${row.sid}&limit=10`, eventsSchema)
  expect(items.map((item) => item.kind === 'event' && item.type)).toContain('connection.opened')
  const health = await wizard.read('/api/health', healthSchema)
  expect(health.processes.map(({ role }) => role).sort()).toEqual(['gateway', 'server'])
  player.hangUp()
})

test('says what of a question it does not understand', async () => {
  for (const path of [
    '/api/sessions?filter=state:purple',
    '/api/sessions?sort=colour',
    '/api/sessions?limit=-1',
    '/api/events?sid=nobody',
    '/api/audit?cursor=yesterday',
  ]) {
    expect(await problemIn(await wizard.ask(path)), path).toMatchObject({ status: 400, code: 'malformed' })
  }
  expect(await problemIn(await wizard.ask('/api/sessions/0-01M85DCAED0NH65TJJHBZCZFF1'))).toMatchObject({ status: 404 })
})

test('gives each page a policy of its own, and answers of the API to no cache', async () => {
  const pages = await Promise.all([wizard.ask('/login'), wizard.ask('/login'), wizard.ask('/play')])
  const nonces = pages.map((page) => /'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1])
  expect(new Set(nonces).size).toBe(3)
  const [first, , play] = pages
  const html = (await play?.text()) ?? ''
  const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)
  expect(scripts.length).toBeGreaterThan(0)
  expect(scripts.filter((tag) => !tag.includes(`nonce="${nonces[2]}"`))).toEqual([])
  const policy = first?.headers.get('content-security-policy')
  for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
    expect(policy).toContain(part)
  }
  expect(policy).not.toMatch(/unsafe-eval|https?:|ws:/)
  expect(play?.headers.get('content-security-policy')).toContain(
    `connect-src 'self' ws://127.0.0.1:${game.httpPorts[0]}`,
  )
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['cross-origin-opener-policy', 'same-origin'],
  ] as const) {
    expect(first?.headers.get(name)).toBe(value)
    expect((await wizard.ask('/api/health')).headers.get(name)).toBe(value)
  }
  expect((await wizard.ask('/api/health')).headers.get('cache-control')).toBe('no-store')
})

test('sends a player a wizard’s message once, and writes down who, to whom and why', async () => {
  const player = await createPlayer(game, 'Rosalind')
  const { sid } = await wizard.row('Rosalind')
  const request = {
    id: newCommandId(),
    type: 'message' as const,
    target: { sids: [sid] },
    reason: 'the tide turns',
    text: 'The tide turns at noon.',
  }
  const command = await wizard.command(request, ['applied'])
  expect(command).toMatchObject({ by: WIZARD.name, results: [{ sid, outcome: 'done' }] })
  await player.waitFor('The tide turns at noon.', ANSWER_MS)

  const again = await wizard.post('/api/commands', request)
  expect([again.status, commandSchema.parse(await again.json()).id]).toEqual([200, request.id])
  const other = await wizard.post('/api/commands', { ...request, text: 'Another text.' })
  expect(await problemIn(other)).toMatchObject({ status: 409, code: 'id-taken' })
  await player.ask('say after', 'You say, "after"', ANSWER_MS)
  expect(player.lines.filter(({ text }) => text.includes('The tide turns'))).toHaveLength(1)

  const { items } = await wizard.read('/api/audit?limit=20', auditSchema)
  expect(items.find(({ commandId }) => commandId === request.id)).toMatchObject({
    who: `${WIZARD.name} (#1)`,
    action: 'Message',
    reason: 'the tide turns',
    result: expect.stringContaining('done'),
  })
  player.hangUp()
})

test('refuses a command that does not say what it must, and one for what has changed', async () => {
  const player = await createPlayer(game, 'Sabine')
  const { sid, version } = await wizard.row('Sabine')
  const disconnect = { type: 'disconnect', target: { sids: [sid] } }
  const malformed = await wizard.post('/api/commands', { ...disconnect, id: newCommandId(), extra: 1 })
  expect(await problemIn(malformed)).toMatchObject({ status: 400, code: 'malformed' })
  const reasonless = await wizard.post('/api/commands', { ...disconnect, id: newCommandId() })
  expect(await problemIn(reasonless)).toMatchObject({ status: 422, code: 'refused' })
  const misread = { type: 'recheck', target: { filter: 'state:purple' }, id: newCommandId() }
  expect(await problemIn(await wizard.post('/api/commands', misread))).toMatchObject({ status: 422, code: 'refused' })

  await player.ask('@pref colour=blue', /colour/i, ANSWER_MS)
  await wizard.row('Sabine', (row) => row.version !== version)
  const stale = { ...disconnect, id: newCommandId(), reason: 'test', expect: { [sid]: version } }
  const problem = await problemIn(await wizard.post('/api/commands', stale))
  expect(problem).toMatchObject({ status: 409, code: 'changed', changed: [{ sid, saw: version }] })
  expect(player.isOpen).toBe(true)
  player.hangUp()
})

test('disconnects a player, who reads why, and says so when it has happened', async () => {
  const player = await createPlayer(game, 'Tamsin')
  const { sid, version } = await wizard.row('Tamsin')
  const live = await readLive(wizard)
  const request = {
    id: newCommandId(),
    type: 'disconnect' as const,
    target: { sids: [sid] },
    reason: 'asked for',
    text: 'The harbour closes.',
    expect: { [sid]: version },
  }
  const command = await wizard.command(request, ['applied', 'verified'])
  expect(command.results).toMatchObject([{ sid, outcome: 'done' }])
  await player.closed
  expect(player.lines.map(({ text }) => text).join('\n')).toContain('The harbour closes.')
  await live.waitFor(
    'patch',
    ({ up, rm }) => rm.includes(sid) || up.some((row) => row.sid === sid && row.status === 'closed'),
  )
  const detail = await wizard.read(`/api/sessions/${sid}`, sessionDetailSchema)
  expect(detail.closed).toMatchObject({ reason: expect.any(String) })
  live.close()
})

test('shows what a hand has changed in Redis as drifted, and puts it right on a wizard’s word', async () => {
  const player = await createPlayer(game, 'Ursula')
  const { sid, gateway } = await wizard.row('Ursula', ({ state }) => state === 'in-sync')
  const { key, fields } = await sessionOf(game.redis, 'Ursula')
  await game.redis.hset(key, 'room', '#412')
  const drifted = await wizard.row('Ursula', ({ state }) => state === 'drifted', DRIFTED_MS)
  expect(drifted).toMatchObject({ odd: ['redis'], drifted: ['room'], gateway })

  const plan = { type: 'reconcile' as const, target: { sids: [sid] }, truth: 'owner' as const }
  const dry = await wizard.command({ ...plan, id: newCommandId(), dryRun: true }, ['applied'])
  expect(dry.plan).toMatchObject([{ sid, field: 'room', to: 'redis', before: '#412', after: fields.room }])
  expect(await game.redis.hget(key, 'room')).toBe('#412')

  const { version } = await wizard.row('Ursula')
  const order = { ...plan, id: newCommandId(), reason: 'a hand slipped', expect: { [sid]: version } }
  const done = await wizard.command(order, ['verified'])
  expect(done.results).toMatchObject([{ sid, outcome: 'done' }])
  expect(await game.redis.hget(key, 'room')).toBe(fields.room)
  await wizard.row('Ursula', ({ state }) => state === 'in-sync')
  player.hangUp()
})

test('tells a stream what changes, and one that comes back what it missed', async () => {
  const live = await readLive(wizard)
  const hello = await live.waitFor('hello')
  await live.waitFor('tick', ({ kafka, redis }) => kafka.up && redis.up)
  const first = await createPlayer(game, 'Violet')
  const isOf = (name: string) => (data: { up: { player: { name: string } | null }[] }) =>
    data.up.some(({ player }) => player?.name === name)
  await live.waitFor('patch', isOf('Violet'))
  const { id } = live.events.findLast(({ event }) => event === 'patch') ?? {}
  live.close()
  await live.ended

  const second = await createPlayer(game, 'Wilhelm')
  await wizard.row('Wilhelm')
  const again = await readLive(wizard, id ?? undefined)
  expect((await again.waitFor('hello')).epoch).toBe(hello.epoch)
  await again.waitFor('patch', isOf('Wilhelm'))
  const lost = await readLive(wizard, 'another-console-7')
  await lost.waitFor('resync', ({ reason }) => reason === 'restarted')
  for (const each of [again, lost]) each.close()
  for (const player of [first, second]) player.hangUp()
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

test('while Kafka is away reads go on, nothing is changed, nobody is let in; then all heals', async () => {
  const player = await createPlayer(game, 'Xenia')
  const { sid } = await wizard.row('Xenia')
  await game.kill('kafka', 0, 'SIGSTOP')
  try {
    await waitUntil(async () => !(await wizard.read('/api/health', healthSchema)).kafka.up, {
      timeoutMs: HEALED_MS,
      what: 'Kafka told as down',
    })
    const page = await wizard.read('/api/sessions?filter=xenia', sessionsSchema)
    expect(page.items.map((row) => row.sid)).toEqual([sid])
    const message = { id: newCommandId(), type: 'message', target: { sids: [sid] }, reason: 'x', text: 'Not now.' }
    const refused = await wizard.post('/api/commands', message)
    expect(await problemIn(refused)).toMatchObject({ status: 503, code: 'unavailable', part: 'kafka' })
    const nobody = await openBrowser(game.webPort).post('/api/auth/sign-in', WIZARD)
    expect(await problemIn(nobody)).toMatchObject({ status: 503, code: 'unavailable', part: 'server' })
  } finally {
    await game.kill('kafka', 0, 'SIGCONT')
  }
  await waitUntil(async () => (await wizard.read('/api/health', healthSchema)).kafka.up, {
    timeoutMs: HEALED_MS,
    what: 'Kafka told as up',
  })
  await game.ready(HEALED_MS)
  await player.ask('say back', 'You say, "back"', HEALED_MS)
  expect(player.lines.map(({ text }) => text).join('\n')).not.toContain('Not now.')
  player.hangUp()
})

test('while Redis is away sessions are listed, what waits is shown, and wizards are let in', async () => {
  const player = await createPlayer(game, 'Yolanda')
  await wizard.row('Yolanda')
  await game.kill('redis', 0, 'SIGSTOP')
  try {
    await waitUntil(async () => !(await wizard.read('/api/health', healthSchema)).redis.up, {
      timeoutMs: HEALED_MS,
      what: 'Redis told as down',
    })
    await player.ask('@pref colour=red', /colour/i, ANSWER_MS)
    await waitUntil(async () => (await wizard.read('/api/queues', queuesSchema)).entries.length > 0, {
      timeoutMs: HEALED_MS,
      what: 'an entry of the queues',
    })
    expect(await wizard.row('Yolanda')).toMatchObject({ status: 'connected' })
    await openBrowser(game.webPort).signIn(WIZARD.name, WIZARD.password)
  } finally {
    await game.kill('redis', 0, 'SIGCONT')
  }
  await wizard.row('Yolanda', ({ state }) => state === 'in-sync', HEALED_MS)
  player.hangUp()
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}

test('signs a wizard out everywhere within a minute of a new password', async () => {
  const character = await loginPlayer(game, WIZARD.name, WIZARD.password)
  const live = await readLive(wizard)
  await character.ask(`@password ${WIZARD.password}=another-password-of-the-tests`, /password/i, ANSWER_MS)
  await waitUntil(async () => (await wizard.ask('/api/auth/session')).status === 401, {
    timeoutMs: 70_000,
    everyMs: 500,
    what: 'the end of the sign-in',
  })
  await live.waitFor('auth', ({ reason }) => reason === 'revoked')
  character.hangUp()
})
