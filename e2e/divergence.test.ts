import { waitUntil } from '@holdfast/runtime/testing'
import type { DivergenceItem, SessionRow } from '@holdfast/store/contracts'
import { createSid, partitionOf, sidSchema } from '@holdfast/store/contracts'
import { ulid } from 'ulid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { createPlayer, hangUpAll, type Player } from './harness/player.ts'
import { cellText, openWizard, SECRET, type Wizard } from './harness/wizard.ts'

/** What a hand does to Redis is seen, told as what it is with both values, and put right by rule or by a wizard. */

const SEEN_MS = 15_000
const HEALED_MS = 10_000

let game: Game
let wizard: Wizard
let player: Player
let row: SessionRow
let made = 0

beforeAll(async () => {
  game = await startGame({ env: { HOLDFAST_SECRET: SECRET } })
  wizard = await openWizard(game)
})
afterAll(async () => {
  await wizard?.close()
  await game?.stop()
})
beforeEach(async () => {
  made += 1
  player = await createPlayer(game, `Ann${made}`)
  row = await wizard.row(player.name)
  await wizard.allIn(['in-sync'], SEEN_MS)
  return () => hangUpAll([player])
})

const hashKey = ({ sid }: Pick<SessionRow, 'sid'>): string => `hf:{${partitionOf(sid)}}:s:${sid}`
const versionsKey = ({ sid }: Pick<SessionRow, 'sid'>): string => `hf:{${partitionOf(sid)}}:versions`

/** Seen since the act, and how long that took. */
async function seen(sid: SessionRow['sid'], fits: (item: DivergenceItem) => boolean): Promise<DivergenceItem> {
  const since = performance.now()
  const item = await wizard.divergence(sid, SEEN_MS, fits)
  console.log(`  seen as ${item.state} (${item.cause}) after ${Math.round(performance.now() - since)} ms`)
  return item
}

const healed = (sid: SessionRow['sid']): Promise<DivergenceItem> =>
  wizard.divergence(sid, SEEN_MS + HEALED_MS, (item) => item.healedAt !== null)

test.each([
  { whose: "the server's", field: 'room', hand: '#99', owner: 'server' },
  { whose: "the gateway's", field: 'host', hand: 'elsewhere.example', owner: 'gateway' },
] as const)(
  'shows a field of $whose that a hand has changed in Redis, and writes it again when a wizard says so',
  async ({ field, hand, owner }) => {
    const right = await game.redis.hget(hashKey(row), field)
    await game.redis.hset(hashKey(row), field, hand)
    const item = await seen(row.sid, ({ state }) => state === 'drifted')
    expect(item).toMatchObject({ cause: 'content', healedAt: null })
    expect(cellText(item, field, 'redis')).toBe(`value ${JSON.stringify(hand)}`)
    expect(cellText(item, field, owner)).toBe(`value ${JSON.stringify(right)}`)
    // An auditor may tell of it before the console has come across it itself.
    await waitUntil(() => wizard.detail(row.sid).session.state === 'drifted', { timeoutMs: SEEN_MS, what: 'its row' })
    expect(wizard.detail(row.sid).session).toMatchObject({ drifted: [field], odd: ['redis'] })

    const command = await wizard.command({
      type: 'reconcile',
      target: { sids: [row.sid] },
      truth: 'owner',
      reason: 'edited by hand',
    })
    await wizard.commandIn(command.id, 'verified')
    expect(await game.redis.hget(hashKey(row), field)).toBe(right)
    await wizard.allIn(['in-sync'], SEEN_MS)
    await healed(row.sid)
  },
)

test('takes what Redis holds into memory when a wizard says that Redis is right', async () => {
  await game.redis.hset(hashKey(row), 'meta:color', 'green')
  await seen(row.sid, ({ state }) => state === 'drifted')
  const command = await wizard.command({
    type: 'reconcile',
    target: { sids: [row.sid] },
    truth: 'redis',
    reason: 'the hand was right',
  })
  await wizard.commandIn(command.id, 'verified')
  expect(cellText(wizard.detail(row.sid), 'meta:color', 'server')).toBe('value "green"')
  await player.ask('@pref', /color.*green/, 5_000)
})

test.each([
  { what: 'hash', lose: () => game.redis.del(hashKey(row)) },
  { what: "entry in the partition's index", lose: () => game.redis.hdel(versionsKey(row), row.sid) },
])('heals by itself a session whose $what was deleted, and tells when', async ({ lose }) => {
  const before = await game.redis.hgetall(hashKey(row))
  await lose()
  const item = await seen(row.sid, ({ cause }) => cause === 'missing')
  expect(item.missingIn).toContain('redis')
  const { healedAt } = await healed(row.sid)
  expect(Date.parse(healedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(item.since))
  await waitUntil(async () => (await game.redis.hget(versionsKey(row), row.sid)) !== null, { what: 'the index' })
  expect(await game.redis.hgetall(hashKey(row))).toEqual(before)
})

/** The sid next to another one: in its partition, whatever a gateway would have chosen. */
const nextTo = (sid: SessionRow['sid']): SessionRow['sid'] =>
  sidSchema.parse(sid.slice(0, -1) + (sid.endsWith('7') ? '8' : '7'))

test.each([
  { what: 'a whole record', sid: () => createSid(ulid()), few: false, isIndexed: true },
  { what: 'a few fields', sid: () => createSid(ulid()), few: true, isIndexed: true },
  { what: 'a copy that is in no index', sid: () => nextTo(row.sid), few: false, isIndexed: false },
])('takes away a ghost that a hand has made of $what', async ({ sid, few, isIndexed }) => {
  const ghost = sid()
  const fields = few
    ? { status: 'connected', player: '#99', playerName: 'Nobody', gateway: 'gateway-x' }
    : await game.redis.hgetall(hashKey(row))
  await game.redis.hset(hashKey({ sid: ghost }), { ...fields, handle: '99999' })
  if (isIndexed) await game.redis.hset(versionsKey({ sid: ghost }), ghost, '1.1.5')
  const item = await seen(ghost, ({ cause }) => cause === 'ghost')
  expect(item.state).toBe('ghost')
  await healed(ghost)
  expect(await game.redis.exists(hashKey({ sid: ghost }))).toBe(0)
  expect(await game.redis.hexists(versionsKey({ sid: ghost }), ghost)).toBe(0)
  expect(player.isOpen).toBe(true)
})

test('makes an index entry anew that a hand has changed, when a wizard says so', async () => {
  const before = await game.redis.hget(versionsKey(row), row.sid)
  await game.redis.hset(versionsKey(row), row.sid, '5.2.999')
  const item = await seen(row.sid, ({ state }) => state === 'drifted')
  expect(cellText(item, 'versions', 'redis')).toBe('value "5.2.999"')
  const target = { sids: [row.sid] }
  const command = await wizard.command({ type: 'reconcile', target, truth: 'owner', reason: 'edited by hand' })
  await wizard.commandIn(command.id, 'verified')
  expect(await game.redis.hget(versionsKey(row), row.sid)).toMatch(/^1\.1\./)
  expect(before).toMatch(/^1\.1\./)
})

test('never takes for the truth what a hand has changed, though the server is killed while a wizard has it put right', async () => {
  const right = await game.redis.hget(hashKey(row), 'room')
  await game.redis.hset(hashKey(row), 'room', '#4242')
  await seen(row.sid, ({ state }) => state === 'drifted')
  const target = { sids: [row.sid] }
  const command = await wizard.command({ type: 'reconcile', target, truth: 'owner', reason: 'edited by hand' })
  await game.kill('server')
  await wizard.commandIn(command.id, 'verified')
  expect(await game.redis.hget(hashKey(row), 'room')).toBe(right)
  expect(cellText(wizard.detail(row.sid), 'room', 'server')).toBe(`value ${JSON.stringify(right)}`)
  await game.ready()
})

test('shows a stale status as what it is', async () => {
  await game.redis.hset(hashKey(row), 'status', 'detached')
  const item = await seen(row.sid, ({ state }) => state === 'drifted')
  expect(item.cause).toBe('status-skew')
  expect([cellText(item, 'status', 'redis'), cellText(item, 'status', 'gateway')]).toEqual([
    'value "detached"',
    'value "connected"',
  ])
  const command = await wizard.command({
    type: 'reconcile',
    target: { sids: [row.sid] },
    truth: 'owner',
    reason: 'the player is there',
  })
  await wizard.commandIn(command.id, 'verified')
  expect(await game.redis.hget(hashKey(row), 'status')).toBe('connected')
})

test.each([
  { role: 'server', copy: 'server' },
  { role: 'redis', copy: 'redis' },
  { role: 'gateway', copy: 'gateway' },
] as const)('calls nothing drifted or missing while $role is stopped: its copy is unknown', async ({ role, copy }) => {
  await game.kill(role, 0, 'SIGSTOP')
  const stoppedAt = performance.now()
  await waitUntil(() => cellText(wizard.detail(row.sid), copy === 'gateway' ? 'host' : 'room', copy) === 'unknown', {
    timeoutMs: SEEN_MS,
    what: 'an unknown cell',
  })
  // Long enough for every look that could be taken in by it.
  const wrong: string[] = []
  await waitUntil(
    () => {
      for (const { sid, state } of wizard.rows())
        if (['drifted', 'missing', 'ghost'].includes(state)) wrong.push(`${sid} ${state}`)
      return performance.now() - stoppedAt > 12_000
    },
    { timeoutMs: 20_000, everyMs: 100, what: 'twelve seconds of looks' },
  )
  const others = (['server', 'redis', 'gateway'] as const).filter((each) => each !== copy)
  for (const other of others) {
    expect(cellText(wizard.detail(row.sid), 'loginState', other), `${other} stays`).toBe('value "loggedIn"')
  }
  await game.kill(role, 0, 'SIGCONT')
  expect(wrong).toEqual([])
  if (role !== 'gateway') await wizard.allIn(['in-sync'], 2 * SEEN_MS)
})
