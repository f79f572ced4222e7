import { manualClock } from '@holdfast/runtime/testing'
import type { SignInAnswer } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createSignInCopies, type SignInMirror } from './sign-in-copies.ts'
import {
  CONFIRM_EVERY_MS,
  createSignInSessions,
  hashOf,
  IDLE_MS,
  LIFE_MS,
  UNCONFIRMED_MS,
  type Wizard,
} from './sign-in-sessions.ts'

const wizard: Wizard = { kind: 'wizard', dbref: '#1', name: 'Corwin', credentialEpoch: 'e1' }

function memoryMirror() {
  const stored = new Map<string, string>()
  const state = { isUp: true }
  const when = <T>(work: () => T): Promise<T> =>
    state.isUp ? Promise.resolve(work()) : Promise.reject(new Error('Redis is away'))
  const mirror: SignInMirror = {
    put: (hash, record) => when(() => void stored.set(hash, record)),
    get: (hash) => when(() => stored.get(hash) ?? null),
    remove: (hash) => when(() => void stored.delete(hash)),
  }
  return { mirror, stored, state }
}

function setUp({ clock = manualClock(), shelf = memoryMirror() } = {}) {
  const failures: unknown[] = []
  const asked: string[] = []
  const game: { answer: SignInAnswer } = { answer: wizard }
  const ended: [string, string][] = []
  let made = 0
  /** One run of the console's process. */
  const start = () => {
    const copies = createSignInCopies({
      clock,
      mirror: shelf.mirror,
      idleMs: IDLE_MS,
      lifeMs: LIFE_MS,
      onFailed: (error) => failures.push(error),
    })
    const sessions = createSignInSessions({
      clock,
      randomBytes: (count) => Buffer.alloc(count, ++made),
      copies,
      standing: async (dbref) => {
        asked.push(dbref)
        return game.answer
      },
    })
    sessions.onEnded((hash, reason) => ended.push([hash, reason]))
    return sessions
  }
  return { clock, shelf, failures, asked, game, ended, start }
}

test('finds a session by its token, and keeps no token', async () => {
  const { start, shelf, clock } = setUp()
  const sessions = start()
  const { token } = sessions.open(wizard)
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  await clock.advance(0)
  expect(await sessions.find(token, true)).toMatchObject({ dbref: '#1', name: 'Corwin' })
  expect(await sessions.find('other', true)).toBeNull()
  expect(JSON.stringify([...shelf.stored])).not.toContain(token)
  expect([...shelf.stored.keys()]).toEqual([hashOf(token)])
})

test('ends a session that is idle, whatever programs look at, and one that is old, whatever is done', async () => {
  const { start, clock, ended } = setUp()
  const sessions = start()
  const idle = sessions.open(wizard)
  const busy = sessions.open(wizard)
  for (let passed = 0; passed <= IDLE_MS; passed += 600_000) {
    await clock.advance(600_000)
    await sessions.find(busy.token, true)
    if (passed < IDLE_MS - 600_000) expect(await sessions.find(idle.token, false)).not.toBeNull()
  }
  expect(await sessions.find(idle.token, true)).toBeNull()
  for (let passed = 0; passed < LIFE_MS; passed += 600_000) {
    await clock.advance(600_000)
    await sessions.find(busy.token, true)
  }
  expect(await sessions.find(busy.token, true)).toBeNull()
  expect(ended).toEqual([
    [hashOf(idle.token), 'expired'],
    [hashOf(busy.token), 'expired'],
  ])
})

test('signs nobody out when the process restarts', async () => {
  const { start, clock, asked } = setUp()
  const { token } = start().open(wizard)
  await clock.advance(30_000)
  const restarted = start()
  expect(await restarted.find(token, true)).toMatchObject({ dbref: '#1' })
  // Confirmed a moment ago: nobody is asked again.
  expect(asked).toEqual([])
  restarted.close()
})

test('asks the game about a session that comes back from the mirror after a while', async () => {
  const { start, clock, game, asked } = setUp()
  const first = start()
  const { token } = first.open(wizard)
  first.close()
  await clock.advance(CONFIRM_EVERY_MS + 1)
  game.answer = { kind: 'refused' }
  expect(await start().find(token, true)).toBeNull()
  expect(asked).toEqual(['#1'])
})

test('works while Redis is down, and says so', async () => {
  const { start, shelf, clock, failures } = setUp()
  shelf.state.isUp = false
  const sessions = start()
  const { token } = sessions.open(wizard)
  await clock.advance(0)
  expect(await sessions.find(token, true)).not.toBeNull()
  expect(await sessions.find('unknown', true)).toBeNull()
  expect(failures.length).toBeGreaterThan(0)
  shelf.state.isUp = true
  await sessions.find(token, true)
  await clock.advance(0)
  expect(shelf.stored.size).toBe(1)
})

test('does not take back what was signed out while Redis was down', async () => {
  const { start, shelf, clock } = setUp()
  const sessions = start()
  const { token } = sessions.open(wizard)
  await clock.advance(0)
  shelf.state.isUp = false
  sessions.end(hashOf(token), 'signed-out')
  await clock.advance(0)
  shelf.state.isUp = true
  expect(await sessions.find(token, true)).toBeNull()
  await clock.advance(CONFIRM_EVERY_MS)
  expect(shelf.stored.size).toBe(0)
})

test('revokes at the next look who is no wizard any more, or has another password', async () => {
  const { start, clock, game, ended } = setUp()
  const sessions = start()
  const { token } = sessions.open(wizard)
  await clock.advance(CONFIRM_EVERY_MS)
  expect(await sessions.find(token, true)).not.toBeNull()
  game.answer = { ...wizard, credentialEpoch: 'e2' }
  await clock.advance(CONFIRM_EVERY_MS)
  expect(await sessions.find(token, true)).toBeNull()
  expect(ended).toEqual([[hashOf(token), 'revoked']])
})

test('lets a wizard look, and change nothing, whom nobody could confirm for a quarter of an hour', async () => {
  const { start, clock, game } = setUp()
  const sessions = start()
  const { token, session } = sessions.open(wizard)
  game.answer = { kind: 'unavailable' }
  await clock.advance(UNCONFIRMED_MS)
  expect(sessions.isUnconfirmed(session)).toBe(false)
  await clock.advance(CONFIRM_EVERY_MS)
  expect(sessions.isUnconfirmed(session)).toBe(true)
  expect(await sessions.find(token, true)).not.toBeNull()
  game.answer = wizard
  await clock.advance(CONFIRM_EVERY_MS)
  expect(sessions.isUnconfirmed(session)).toBe(false)
})

test('keeps at most twenty sessions of one wizard: the quietest goes', async () => {
  const { start, clock, ended } = setUp()
  const sessions = start()
  const first = sessions.open(wizard)
  for (let count = 0; count < 20; count += 1) {
    await clock.advance(1)
    sessions.open(wizard)
  }
  expect(sessions.of('#1')).toHaveLength(20)
  expect(ended).toEqual([[hashOf(first.token), 'expired']])
})

test('ends what was signed in with a password as soon as the game tells that it is another', async () => {
  const { start, game, asked, ended } = setUp()
  const sessions = start()
  const { token } = sessions.open(wizard)
  await sessions.confirm('#2')
  expect(asked).toEqual([])
  await sessions.confirm('#1')
  expect(await sessions.find(token, true)).not.toBeNull()
  game.answer = { ...wizard, credentialEpoch: 'e2' }
  await sessions.confirm('#1')
  expect(await sessions.find(token, true)).toBeNull()
  expect(ended).toEqual([[hashOf(token), 'revoked']])
})
