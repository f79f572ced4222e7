import { createLogger, systemClock } from '@holdfast/runtime'
import type { Effect, Game, WorkTools } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGame } from '../src/game.ts'
import { after, connected, contextOf, heard } from '../src/testing/stage.ts'
import { loadTexts } from '../src/text/texts.ts'
import { ensureFirstWizard } from '../src/world/first-wizard.ts'
import { migrateWorld } from '../src/world/migrate.ts'
import { createPasswords } from '../src/world/passwords.ts'
import { createWorld } from '../src/world/postgres-world.ts'
import type { World } from '../src/world/world.ts'
import { type SharedDatabase, sharedDatabase } from './shared-database.ts'

const WIZARD_PASSWORD = 'open sesame'
const tools: WorkTools = { signal: new AbortController().signal, storeBinding: async () => 'stored' }
const bySid = (a: SessionRecord, b: SessionRecord): boolean => a.sid === b.sid

let database: SharedDatabase
let world: World
let game: Game

/** Sessions of one server, each record applied to its end. */
function table() {
  let sessions: SessionRecord[] = []
  const now = (session: SessionRecord): SessionRecord => sessions.find((each) => bySid(each, session)) ?? session
  const keep = (session: SessionRecord, effects: readonly Effect[]): void => {
    sessions = sessions.map((each) => (bySid(each, session) ? after(each, effects) : each))
  }
  return {
    sit(handle: number): SessionRecord {
      const session = connected(handle)
      sessions.push(session)
      return session
    },
    now,
    /** What everybody hears of a line, by handle. */
    async type(seat: SessionRecord, line: string) {
      const session = now(seat)
      const input = { line, inputSequence: session.inputSequence + 1, beforeLogin: session.loginState === 'connected' }
      sessions = sessions.map((each) => (bySid(each, seat) ? { ...each, inputSequence: input.inputSequence } : each))
      let effects = await game.input(now(seat), input, contextOf(sessions, `i:${input.inputSequence}`))
      const all: Effect[] = []
      for (let step = 1; ; step += 1) {
        keep(seat, effects)
        all.push(...effects)
        const question = effects.flatMap((effect) => (effect.kind === 'ask' ? [effect.question] : []))[0]
        if (!question) return { effects: all, heard: heard(all, sessions) }
        const answer = await game.work(now(seat), question, tools)
        effects = await game.answered(
          now(seat),
          question,
          answer,
          contextOf(sessions, `c:${input.inputSequence}:${step}`),
        )
      }
    },
    /** The same line once more, as after a crash: over the session as it was. */
    async again(before: SessionRecord, line: string) {
      const inputSequence = before.inputSequence + 1
      return game.input(before, { line, inputSequence, beforeLogin: false }, contextOf(sessions, `i:${inputSequence}`))
    },
  }
}

beforeAll(async () => {
  database = await sharedDatabase()
  const client = new Client({ connectionString: database.url })
  await client.connect()
  await migrateWorld(client)
  await ensureFirstWizard(client, { name: 'Wizard', password: WIZARD_PASSWORD }, createPasswords())
  await client.end()
  world = createWorld({
    databaseUrl: database.url,
    clock: systemClock,
    logger: createLogger({ name: 'test', level: 'silent' }),
  })
  game = createGame({ world, passwords: createPasswords(), texts: loadTexts(), loginWithoutRedis: 'allow' })
}, 60_000)

beforeEach(async () => {
  // Dbrefs are never given twice, and sessions of one test are not those of the next: only the ledger is cleared.
  await database.query('delete from ledger; update objects set location = 0 where dbref = 1')
})

afterAll(async () => {
  await world.close()
  await database.remove()
})

const dbrefIn = (text: string | undefined): string => /#(\d+)/.exec(text ?? '')?.[0] ?? ''

describe('an evening', () => {
  it('begins with a wizard who builds, and a player who is made, walks, and looks', async () => {
    const { sit, type, now } = table()
    const [wizard, bob] = [sit(1), sit(2)]
    expect((await type(wizard, `connect Wizard ${WIZARD_PASSWORD}`)).heard[1]).toContain('Limbo(#0R)')
    expect(now(wizard)).toMatchObject({ player: '#1', wizard: true })

    const made = await type(bob, 'create "Bob Green" swordfish')
    expect(made.heard[2]).toContain('[bind Bob Green]')
    expect(made.heard[2]).toContain('Contents:\nWizard')
    expect(made.heard[1]).toBe('Bob Green has connected.\n')

    const dug = (await type(wizard, '@dig Boat House=North;n,South;s')).heard[1]
    expect(dug).toMatch(
      /^Boat House created with room number \d+\.\nOpened exit #\d+\nTrying to link\.\.\.\nLinked exit/,
    )
    await type(wizard, '@desc here=Mist, and rock underfoot.')
    expect((await type(bob, 'l')).heard[2]).toBe(
      'Limbo\nMist, and rock underfoot.\nContents:\nWizard\nObvious exits:\nNorth\n',
    )

    const walked = await type(bob, 'n')
    expect(walked.heard).toEqual({ 1: 'Bob Green has left.\n', 2: 'Boat House\nObvious exits:\nSouth\n' })
    const met = await type(wizard, 'NORTH')
    expect(met.heard[2]).toBe('Wizard has arrived.\n')
    expect(now(wizard).room).toBe(now(bob).room)
    expect((await type(bob, 'say here')).heard[1]).toBe('Bob Green says, "here"\n')

    expect((await type(bob, 'home')).heard[2]).toMatch(/^There's no place like home\.\.\.\n.*Limbo\n/s)
    expect(now(bob).room).toBe('#0')
  })

  it('gives a name once, in any case, and lets its player back in by the password alone', async () => {
    const { sit, type, now } = table()
    const [first, second, third] = [sit(3), sit(4), sit(5)]
    await type(first, 'create Carol swordfish')
    expect((await type(second, 'create cAROL another-one')).heard[4]).toContain('already a player with that name')
    expect((await type(second, 'connect carol another-one')).heard[4]).toContain('different password')
    expect((await type(third, 'connect carol swordfish')).heard[5]).toContain('[bind Carol]')
    expect(now(third).player).toBe(now(first).player)
  })

  it('changes a password only for who knows it', async () => {
    const { sit, type } = table()
    const [dora, again] = [sit(6), sit(7)]
    await type(dora, 'create Dora swordfish')
    expect((await type(dora, '@password wrong=whatever-else')).heard[6]).toContain('incorrect')
    expect((await type(dora, '@password swordfish=clownfish')).heard[6]).toBe('You have changed your password.\n')
    expect((await type(again, 'connect Dora swordfish')).heard[7]).toContain('different password')
    expect((await type(again, 'connect Dora clownfish')).heard[7]).toContain('[bind Dora]')
  })

  it('follows a player at all of its sessions', async () => {
    const { sit, type } = table()
    const [wizard, one, two] = [sit(8), sit(9), sit(10)]
    await type(wizard, `connect Wizard ${WIZARD_PASSWORD}`)
    await type(wizard, '@dig Attic=Up;u,Down;d')
    await type(one, 'create Erin swordfish')
    await type(two, 'connect Erin swordfish')
    const { effects, heard: told } = await type(one, 'u')
    expect(told[10]).toBe(told[9])
    expect(effects.filter((effect) => effect.kind === 'command')).toEqual([
      { kind: 'command', to: two.sid, command: { kind: 'moved', room: expect.stringMatching(/^#\d+$/) } },
    ])
  })
})

describe('who may build', () => {
  it('is who owns the place; a command name is no name for an exit', async () => {
    const { sit, type } = table()
    const [wizard, finn] = [sit(11), sit(12)]
    await type(wizard, `connect Wizard ${WIZARD_PASSWORD}`)
    await type(finn, 'create Finn swordfish')
    const own = dbrefIn((await type(finn, '@dig Hut')).heard[12]?.replace('number ', 'number #'))
    for (const line of ['@open Gate', `@open Gate=${own}`, '@desc here=Mine now.', '@dig Hut2=In,Out']) {
      expect([line, (await type(finn, line)).heard[12]]).toEqual([line, 'Permission denied.\n'])
    }
    expect((await type(wizard, '@open say')).heard[11]).toContain('is a command')
    expect((await type(wizard, `@open Hatch;h=${own}`)).heard[11]).toMatch(/Linked exit #\d+ to #\d+/)
    expect((await type(finn, 'hatch')).heard[12]).toMatch(/^Hut\(#\d+R\)\n/)
    expect((await type(finn, '@open Secret Door;door')).heard[12]).toMatch(/^Opened exit #\d+\n$/)
    expect((await type(finn, 'secret door')).heard[12]).toBe("You can't go that way.\n")
    expect((await type(finn, 'look door')).heard[12]).toMatch(/^Secret Door\(#\d+E\)\nYou see nothing special\.\n$/)
  })
})

describe('an exit to where it may not lead', () => {
  it('is refused and not made', async () => {
    const { sit, type } = table()
    const [wizard, iris] = [sit(14), sit(15)]
    await type(wizard, `connect Wizard ${WIZARD_PASSWORD}`)
    await type(iris, 'create Iris swordfish')
    const own = dbrefIn((await type(iris, '@dig Nook')).heard[15]?.replace('number ', 'number #'))
    await type(wizard, `@open Crawl=${own}`)
    await type(iris, 'crawl')
    expect((await type(iris, '@open Gone=#99999')).heard[15]).toBe('That is not a room.\n')
    expect((await type(iris, '@open Gone=nowhere')).heard[15]).toBe('That is not a room.\n')
    expect((await type(iris, '@open Gone=#0')).heard[15]).toBe('Permission denied.\n')
    expect((await type(iris, 'gone')).heard[15]).toContain('Huh?')
    expect((await type(iris, 'look')).heard[15]).not.toContain('Obvious exits')
  })
})

describe('a line that is applied again after a crash', () => {
  it('moves and digs once, and shows the same', async () => {
    const { sit, type, now, again } = table()
    const wizard = sit(13)
    await type(wizard, `connect Wizard ${WIZARD_PASSWORD}`)
    const beforeDig = now(wizard)
    const dug = await type(wizard, '@dig Cellar=Below,Above')
    const beforeWalk = now(wizard)
    const walked = await type(wizard, 'below')
    expect(await again(beforeDig, '@dig Cellar=Below,Above')).toEqual(dug.effects)
    expect(await again(beforeWalk, 'below')).toEqual(walked.effects)
    expect(await database.query("select name from objects where name = 'Cellar'")).toHaveLength(1)
  })

  it('makes a player once', async () => {
    const seat = sitAlone(14)
    const question = {
      kind: 'create',
      content: JSON.stringify({ name: 'Gwen', password: 'swordfish', inputSequence: 1 }),
    }
    const answer = await game.work(seat, question, tools)
    const context = contextOf([seat], 'c:a:1:2:3')
    const first = await game.answered(seat, question, answer, context)
    const second = await game.answered(seat, question, answer, context)
    expect(second).toEqual(first)
    expect(after(seat, first)).toMatchObject({ playerName: 'Gwen', loginState: 'loggedIn', boundBy: 1 })
    expect(await database.query("select name from objects where name = 'Gwen'")).toHaveLength(1)
  })

  it('keeps no password in the world, neither in its ledger', async () => {
    const rows = await database.query('select * from ledger')
    const players = await database.query('select * from objects natural join credentials')
    expect(JSON.stringify([rows, players])).not.toContain('swordfish')
  })
})

const sitAlone = (handle: number): SessionRecord => connected(handle)
