import { waitUntil } from '@holdfast/runtime/testing'
import {
  auditSchema,
  commandSchema,
  divergenceSchema,
  eventsSchema,
  healthSchema,
  liveTickSchema,
  queuesSchema,
  sessionDetailSchema,
  sessionsSchema,
  trendSchema,
} from '@holdfast/store/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, newCommandId, openBrowser, problemIn } from './harness/console-client.ts'
import { type Game, startGame, WIZARD } from './harness/game.ts'
import { readLive } from './harness/live-stream.ts'
import { createPlayer } from './harness/player.ts'
import { sessionOf } from './harness/sessions.ts'

/** The console's HTTP API over a running game, as a browser and its enemies see it. */

const ANSWER_MS = 5_000
const DRIFTED_MS = 15_000
const HEALED_MS = 30_000

let game: Game
let wizard: Browser

beforeAll(async () => {
  game = await startGame({ console: true })
  wizard = openBrowser(game.webPort)
  await wizard.signIn(WIZARD.name, WIZARD.password)
})
afterAll(() => game?.stop())

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
  await wizard.read('/api/divergence/trend', trendSchema)
  await wizard.read('/api/queues', queuesSchema)
  await wizard.read('/api/pulse', liveTickSchema)
  await wizard.read('/api/audit', auditSchema)
  // Events and beats come on topics of their own: a row that is there says nothing of them.
  await waitUntil(
    async () => {
      const { items } = await wizard.read(`/api/events?sid=${row.sid}&limit=10`, eventsSchema)
      return items.some((item) => item.kind === 'event' && item.type === 'connection.opened')
    },
    { timeoutMs: ANSWER_MS, what: 'the event of the opening' },
  )
  await waitUntil(
    async () => {
      const { processes } = await wizard.read('/api/health', healthSchema)
      return (
        processes
          .map(({ role }) => role)
          .sort()
          .join() === 'gateway,server'
      )
    },
    { timeoutMs: ANSWER_MS, what: 'a gateway and a server' },
  )
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

test('answers by a problem also where there is no such address or method, and by a page of its own where there is no page', async () => {
  for (const [method, path, status, code] of [
    ['POST', '/api/sessions', 405, 'wrong-method'],
    ['DELETE', '/api/commands', 405, 'wrong-method'],
    ['GET', '/api/auth/sign-in', 405, 'wrong-method'],
    ['GET', '/api/nope', 404, 'not-found'],
    ['PUT', '/api/sessions/one/two', 404, 'not-found'],
    ['GET', '/api/commands/%E0%A4%A', 404, 'not-found'],
  ] as const) {
    const response = await wizard.ask(path, { method })
    expect(await problemIn(response), `${method} ${path}`).toMatchObject({ status, code })
  }
  const options = await wizard.ask('/api/sessions', { method: 'OPTIONS' })
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  const nowhere = await wizard.ask('/nosuchpage')
  const html = await nowhere.text()
  expect([nowhere.status, html.includes('<main id="main"'), / style=/.test(html)]).toEqual([404, true, false])
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
  const { sid } = await wizard.row('Tamsin')
  const live = await readLive(wizard)
  const request = {
    type: 'disconnect' as const,
    target: { sids: [sid] },
    reason: 'asked for',
    text: 'The harbour closes.',
  }
  const command = await waitUntil(
    async () => {
      // The login's last change may still come: then it is refused, looked at again and said again.
      const { version } = await wizard.row('Tamsin')
      const asSeen = { ...request, id: newCommandId(), expect: { [sid]: version } }
      return wizard.command(asSeen, ['applied', 'verified'])
    },
    { timeoutMs: 30_000, what: 'a disconnect of the session as it is' },
  )
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
