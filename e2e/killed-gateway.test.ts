import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { until } from './harness/pace.ts'
import { createPlayer, type Door, hangUpAll, loginPlayer, type Player } from './harness/player.ts'
import { isAlive } from './harness/processes.ts'
import { readSessions, untilStored, untilWho } from './harness/sessions.ts'

/**
 * Two gateways and two servers; what happens to the first gateway, players at the second one watch. A session whose gateway
 * died waits for its player: here 20 s, in a game of its own two minutes.
 */

const GRACE_MS = 20_000
/** Lease (6 s) and a second. */
const GHOST_MAX_MS = 7_000
/** Loose, since machines are noisy: what it was is printed. */
const DETACHED_WITHIN_MS = 2 * GHOST_MAX_MS
const ANSWER_MS = 5_000
const SETTLED_MS = 15_000
const LEASE_LOST = 'This gateway has lost its place. Please connect again.'

let game: Game
let first: Door
let second: Door
let bob: Player

const doorOf = async (index: number): Promise<Door> => ({
  telnetPort: (await game.process('gateway', index)).ports.telnet ?? 0,
})

beforeAll(async () => {
  const env = { HOLDFAST_GATEWAYS: '2', HOLDFAST_GRACE_SECONDS: String(GRACE_MS / 1_000) }
  game = await startGame({ servers: 2, env })
  first = await doorOf(0)
  second = await doorOf(1)
  bob = await createPlayer(second, 'Bob')
})
// Nobody of one test is there in the next: their sessions end with their clients, or have ended.
afterEach(async () => {
  hangUpAll(guests.splice(0))
  await waitUntil(async () => (await readSessions(game.redis)).length === 1, {
    timeoutMs: GRACE_MS + DETACHED_WITHIN_MS,
    what: 'Bob alone',
  })
})
afterAll(() => game?.stop())

const guests: Player[] = []

async function comes(door: Door, name: string): Promise<Player> {
  const player = await createPlayer(door, name)
  guests.push(player)
  return player
}

async function comesBack(door: Door, name: string): Promise<Player> {
  const player = await loginPlayer(door, name)
  guests.push(player)
  return player
}

/** The sessions of a player, as `status` words. */
async function statusesOf(playerName: string): Promise<string[]> {
  const sessions = await readSessions(game.redis)
  return sessions.filter(({ fields }) => fields.playerName === playerName).map(({ fields }) => fields.status ?? '')
}

async function untilDetached(names: readonly string[]): Promise<void> {
  const isDetached = async (name: string) => (await statusesOf(name)).join() === 'detached'
  await waitUntil(async () => (await Promise.all(names.map(isDetached))).every(Boolean), {
    timeoutMs: DETACHED_WITHIN_MS,
    what: `${names.join(', ')} detached`,
  })
}

/** The player has one session, which is connected. */
async function untilOne(playerName: string): Promise<void> {
  await waitUntil(async () => (await statusesOf(playerName)).join() === 'connected', {
    timeoutMs: DETACHED_WITHIN_MS,
    what: `the old session of ${playerName} gone`,
  })
}

const firstDoorOpens = () =>
  waitUntil(() => loginPlayer(first, 'Bob').then((player) => player.hangUp() ?? true), {
    timeoutMs: SETTLED_MS,
    what: 'the first gateway takes players again',
  })

const heardSince = (player: Player, since: number): string[] => player.lines.slice(since).map(({ text }) => text)

test('detaches the sessions of a killed gateway in time, and lets its players come back without a word', async () => {
  const names = ['Ann', 'Cyd']
  const players = [await comes(first, 'Ann'), await comes(first, 'Cyd')]
  await untilStored(game.redis, [...players, bob], SETTLED_MS)
  const since = bob.lines.length

  const killedAt = performance.now()
  await game.kill('gateway', 0)
  await untilDetached(names)
  const detachedMs = Math.round(performance.now() - killedAt)
  console.log(`  detached ${detachedMs} ms after the kill (goal: ${GHOST_MAX_MS})`)
  await untilWho(bob, ['Ann', 'Bob', 'Cyd'], ANSWER_MS)

  const ann = await comesBack(second, 'Ann')
  await untilOne('Ann')
  await untilWho(bob, ['Ann', 'Bob', 'Cyd'], ANSWER_MS)
  await ann.ask('say back', 'You say, "back"', ANSWER_MS)
  await bob.waitFor('Ann says, "back"', ANSWER_MS, since)
  expect(heardSince(bob, since).filter((text) => text.includes('disconnected'))).toEqual([])

  // Nobody comes back to the other one.
  await bob.waitFor('Cyd has disconnected.', GRACE_MS + DETACHED_WITHIN_MS, since)
  await untilWho(bob, ['Ann', 'Bob'], ANSWER_MS)
  await untilStored(game.redis, [ann, bob], SETTLED_MS)
})

test('keeps nothing of who came back before the old session was given up', async () => {
  await firstDoorOpens()
  const since = bob.lines.length
  await comes(first, 'Dot')
  await game.kill('gateway', 0)
  const dot = await comesBack(second, 'Dot') // within a second: the old session still counts as connected
  await untilOne('Dot')
  await untilWho(bob, ['Bob', 'Dot'], ANSWER_MS)
  await untilStored(game.redis, [dot, bob], SETTLED_MS)
  expect(heardSince(bob, since).filter((text) => text.includes('disconnected'))).toEqual([])
})

test('tells the players of a gateway that was only frozen, and lets it go on without them', async () => {
  await firstDoorOpens()
  const eve = await comes(first, 'Eve')
  const pid = await game.kill('gateway', 0, 'SIGSTOP')
  const stoppedAt = performance.now()
  eve.send('say into the ice')
  await untilDetached(['Eve'])
  await until(stoppedAt + 10_000)
  process.kill(pid, 'SIGCONT')
  await eve.waitFor(LEASE_LOST, SETTLED_MS)
  await eve.closed
  // What it wrote late has revived nothing, and it takes players again.
  expect(await statusesOf('Eve')).toEqual(['detached'])
  expect(isAlive(pid)).toBe(true)
  const again = await comesBack(first, 'Eve')
  await untilOne('Eve')
  await untilStored(game.redis, [again, bob], SETTLED_MS)
})

test('orphans nobody when all leases vanish', async () => {
  const fay = await comes(first, 'Fay')
  const leases = await game.redis.keys('hf:gateway:*')
  expect(leases).toHaveLength(2)
  const vanishedAt = performance.now()
  for (let round = 1; round <= 6; round++) {
    await game.redis.del(leases) // gateways take them again each time
    await until(vanishedAt + round * 1_500)
  }
  await untilStored(game.redis, [fay, bob], SETTLED_MS)
  expect([fay.isOpen, bob.isOpen]).toEqual([true, true])
  await untilWho(bob, ['Bob', 'Fay'], ANSWER_MS)
})

test('gives up the sessions of a gateway that was killed together with a server', async () => {
  const since = bob.lines.length
  await Promise.all(['Gil', 'Hal', 'Ida', 'Joe'].map((name) => comes(first, name)))
  await Promise.all([game.kill('gateway', 0), game.kill('server', 1)])
  await untilDetached(['Gil', 'Hal', 'Ida', 'Joe'])
  const back = await Promise.all(['Gil', 'Hal'].map((name) => comesBack(second, name)))
  await Promise.all(
    ['Ida', 'Joe'].map((name) => bob.waitFor(`${name} has disconnected.`, GRACE_MS + DETACHED_WITHIN_MS, since)),
  )
  await untilStored(game.redis, [...back, bob], SETTLED_MS)
  await untilWho(bob, ['Bob', 'Gil', 'Hal'], ANSWER_MS)
})
