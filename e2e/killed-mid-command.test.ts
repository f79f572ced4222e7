import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareGame, startBareGame } from './harness/bare-game.ts'
import { WIZARD } from './harness/game.ts'
import { until } from './harness/pace.ts'
import { connectVisitor, createPlayer, hangUpAll, loginPlayer, passwordOf, WELCOME } from './harness/player.ts'
import { createChance } from './harness/seed.ts'
import { sessionOf, untilStored, untilWho } from './harness/sessions.ts'

const ANSWER_MS = 30_000
const NOTICE = 'The game is catching its breath.'
const ROUNDS = 4

const chance = createChance('moments of the kills')
let game: BareGame

beforeAll(async () => {
  game = await startBareGame()
})
afterAll(() => game?.stop())

const count = (lines: readonly { text: string }[], text: string): number =>
  lines.filter((line) => line.text.includes(text)).length

test('tells a player after 2 s that the server does not answer, and then answers', async () => {
  const ann = await createPlayer(game, 'Ann')
  game.signalServer('SIGSTOP')
  const sentAt = performance.now()
  ann.send('say still here')
  const notice = await ann.waitFor(NOTICE, 5_000)
  console.log(`  notice after ${Math.round(notice.at - sentAt)} ms`)
  expect(notice.at - sentAt).toBeGreaterThan(1_900)
  expect(notice.at - sentAt).toBeLessThan(4_000)
  game.signalServer('SIGCONT')
  await ann.waitFor('You say, "still here"', ANSWER_MS)
  await ann.ask('say and again', 'You say, "and again"', ANSWER_MS)
  expect(count(ann.lines, 'You say, "still here"')).toBe(1)
  expect(count(ann.lines, NOTICE)).toBe(1)
  hangUpAll([ann])
})

test('answers a login once, and has it stored, when the server is killed during it (scenario 20)', async () => {
  await createPlayer(game, 'Bob').then(async (bob) => {
    bob.send('QUIT')
    await bob.closed
  })
  const told: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    await game.ready()
    const bob = await connectVisitor(game, 'Bob')
    const moment = chance.between(0, 120)
    bob.send(`connect Bob ${passwordOf('Bob')}`)
    await until(performance.now() + moment)
    await game.replaceServer()
    const killedAt = performance.now()
    const { at } = await bob.waitFor(WELCOME, ANSWER_MS)
    told.push(`${moment.toFixed(0)}: ${Math.round(at - killedAt)}`)
    // An answer of the next line comes after all of the login's.
    await untilWho(bob, ['Bob'], ANSWER_MS)
    expect(count(bob.lines, WELCOME), `killed after ${moment.toFixed(0)} ms`).toBe(1)
    expect(count(bob.lines, 'different password')).toBe(0)
    await untilStored(game.redis, [bob], ANSWER_MS)
    expect((await sessionOf(game.redis, 'Bob')).fields).toMatchObject({ boundBy: '1' })
    bob.send('QUIT')
    await bob.closed
  }
  console.log(`  killed after (ms): answered so many ms later: ${told.join(', ')}`)
})

test('creates a player once, and answers once, when the server is killed during it', async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    await game.ready()
    const name = `Newcomer${round}`
    const player = await connectVisitor(game, name)
    const moment = chance.between(0, 120)
    player.send(`create ${name} ${passwordOf(name)}`)
    await until(performance.now() + moment)
    await game.replaceServer()
    await player.waitFor(WELCOME, ANSWER_MS)
    await untilWho(player, [name], ANSWER_MS)
    expect(count(player.lines, WELCOME), `killed after ${moment.toFixed(0)} ms`).toBe(1)
    expect(count(player.lines, 'already a player')).toBe(0)
    await untilStored(game.redis, [player], ANSWER_MS)
    player.send('QUIT')
    await player.closed
  }
})

test('changes the world once, and says so once, when the server is killed during the change (scenario 21)', async () => {
  await game.ready()
  const wizard = await loginPlayer(game, WIZARD.name, WIZARD.password)
  const since = wizard.lines.length
  for (let round = 1; round <= ROUNDS; round++) {
    await game.ready()
    // Several at once: then the kill falls into one of them.
    for (const name of cellarsOf(round)) wizard.send(`@dig ${name}=to-${name}`)
    await until(performance.now() + chance.between(0, 100))
    await game.replaceServer()
    await wizard.ask(`say after ${round}`, `You say, "after ${round}"`, ANSWER_MS)
  }
  const names = Array.from({ length: ROUNDS }, (_, at) => cellarsOf(at + 1)).flat()
  const told = wizard.lines.slice(since).flatMap(({ text }) => /^(\w+) created with room number/.exec(text)?.[1] ?? [])
  expect(told, 'each answer once, in order').toEqual(names)
  // A change that was made twice would have left two exits of one name.
  const exits = (await wizard.ask('look', /^to-cellar/, ANSWER_MS)).text.split(/ +/)
  expect(exits.sort()).toEqual(names.map((name) => `to-${name}`).sort())
  await untilStored(game.redis, [wizard], ANSWER_MS)
  hangUpAll([wizard])
})

const cellarsOf = (round: number): string[] => Array.from({ length: 8 }, (_, at) => `cellar${round}x${at}`)
