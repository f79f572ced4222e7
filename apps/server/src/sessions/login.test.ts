import type { Effect, WorkTools } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { createGame } from '../game.ts'
import { after, awayWorld, connected, contextOf, forbiddenWorld, heard, playing } from '../testing/stage.ts'
import { loadTexts } from '../text/texts.ts'
import type { Passwords } from '../world/passwords.ts'
import type { World, WorldEditor, WorldReader } from '../world/world.ts'
import type { LoginPolicy } from './inquiry.ts'

const texts = loadTexts()
const bob = playing(3, 'Bob')
const visitor = connected(9)

const limbo = {
  dbref: 0,
  type: 'room',
  name: 'Limbo',
  description: 'Mist.',
  location: null,
  destination: null,
  owner: 1,
  flags: [],
} as const
const alice = {
  dbref: 2,
  type: 'player',
  name: 'Alice',
  description: '',
  location: 0,
  destination: 0,
  owner: 2,
  flags: [],
} as const
const ghost = { ...alice, dbref: 4, name: 'Ghost', owner: 4, flags: ['WIZARD'] } as const

const reader: WorldReader = {
  object: async (dbref) => [limbo, alice, ghost].find((each) => each.dbref === dbref) ?? null,
  contents: async () => [],
  credentials: async (name) => {
    const player = [alice, ghost].find((each) => each.name.toLowerCase() === name.toLowerCase())
    return player ? { dbref: player.dbref, passwordHash: `hash of ${player.name}` } : null
  },
  credentialsOf: async () => null,
  owned: async () => 0,
}
const never = () => Promise.reject(new Error('nobody asked for that'))
/** Makes players, and nothing else. */
const editor: WorldEditor = {
  ...reader,
  lock: never,
  create: never,
  createPlayer: async () => 7,
  move: never,
  describe: never,
  changePassword: never,
}
const world: World = { ...forbiddenWorld, read: async (look) => ({ kind: 'done', value: await look(reader) }) }

/** Hashes that can be read, so that a test knows what was verified. */
function plainPasswords(verified: (string | null)[] = []): Passwords {
  return {
    hash: async (password) => ({ kind: 'hashed', passwordHash: `hash: ${password}` }),
    verify: async (hash, password) => {
      verified.push(hash)
      return { kind: hash !== null && password === 'secret' ? 'right' : 'wrong' }
    },
  }
}

interface Stage {
  policy?: LoginPolicy
  stored?: 'stored' | 'unavailable'
  world?: World
  passwords?: Passwords
  sessions?: readonly SessionRecord[]
}

/** Types lines and works on questions as the state layer would, until the session waits for nothing. */
async function logIn(lines: readonly string[], stage: Stage = {}) {
  const { policy = 'allow', stored = 'stored', sessions = [bob] } = stage
  const parts = { world: stage.world ?? world, passwords: stage.passwords ?? plainPasswords(), texts }
  const game = createGame({ ...parts, loginWithoutRedis: policy })
  const tools: WorkTools = { signal: new AbortController().signal, storeBinding: async () => stored }
  let session: SessionRecord = visitor
  const all: Effect[] = []
  const context = () => contextOf([...sessions, session])
  const keep = (effects: readonly Effect[]) => {
    session = after(session, effects)
    all.push(...effects)
    return effects.flatMap((effect) => (effect.kind === 'ask' ? [effect.question] : []))[0]
  }
  for (const [index, line] of lines.entries()) {
    const input = { line, inputSequence: index + 1, beforeLogin: session.loginState === 'connected' }
    let question = keep(await game.input(session, input, context()))
    while (question) {
      const answer = await game.work(session, question, tools)
      question = keep(await game.answered(session, question, answer, context()))
    }
  }
  return { session, effects: all, heard: heard(all, [...sessions, session]) }
}

describe('a login', () => {
  it('binds the session by its line, stores it, then tells the player and the room', async () => {
    const { session, heard: told, effects } = await logIn(['connect alice secret'])
    expect(session).toMatchObject({ player: '#2', playerName: 'Alice', loginState: 'loggedIn', boundBy: 1, room: '#0' })
    expect(told[9]).toBe(`[bind Alice]${texts.motd}\nLimbo\nMist.\nContents:\nBob\n`)
    expect(told[3]).toBe('Alice has connected.\n')
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'event', type: 'connection.state-changed' }))
  })

  it('says the same of an unknown name and a wrong password, and verifies for both', async () => {
    const verified: (string | null)[] = []
    const passwords = plainPasswords(verified)
    const unknown = await logIn(['connect nobody secret'], { passwords })
    const wrong = await logIn(['connect alice wrong'], { passwords })
    expect(unknown.heard[9]).toBe('Either that player does not exist, or has a different password.\n')
    expect(wrong.heard[9]).toBe(unknown.heard[9])
    expect(wrong.session.loginState).toBe('connected')
    expect(verified).toEqual([null, 'hash of Alice'])
  })

  it('asks for the password with the echo off, and shows the echo again', async () => {
    const { session, heard: told } = await logIn(['connect Alice', 'secret'])
    expect(told[9]).toMatch(/^\[echo off\]Password: \[echo on\]\[bind Alice\]/)
    expect(session).toMatchObject({ player: '#2', boundBy: 2, meta: {} })
  })

  it('takes the line after Password: for a password, whatever it looks like', async () => {
    const { session, heard: told } = await logIn(['connect Alice', 'QUIT'])
    expect(told[9]).toContain('different password')
    expect(told[9]).not.toContain('[close')
    expect(session.meta).toEqual({})
  })

  it('hides a wizard who asks for it, and nobody else', async () => {
    expect((await logIn(['cd Ghost secret'])).session.hidden).toBe(true)
    expect((await logIn(['ch Ghost', 'secret'])).session.hidden).toBe(true)
    expect((await logIn(['cd Alice secret'])).session.hidden).toBe(false)
    expect((await logIn(['cd Ghost secret'])).heard[3]).toBeUndefined()
  })

  it('says so while Postgres is away', async () => {
    const { heard: told, session } = await logIn(['connect Alice secret'], { world: awayWorld })
    expect(told[9]).toBe('The game cannot check passwords right now. Please try again in a moment.\n')
    expect(session.loginState).toBe('connected')
  })

  it('is allowed without Redis, and says that it is not stored yet', async () => {
    const { heard: told, session } = await logIn(['connect Alice secret'], { stored: 'unavailable' })
    expect(session.loginState).toBe('loggedIn')
    expect(told[9]).toContain('not stored yet')
  })

  it('is denied without Redis where the policy says so, and leaves nothing bound', async () => {
    const stage = { stored: 'unavailable', policy: 'deny' } as const
    const { heard: told, session } = await logIn(['connect Alice secret'], stage)
    expect(session).toMatchObject({
      player: null,
      playerName: null,
      loginState: 'connected',
      boundBy: null,
      room: null,
    })
    expect(told).toEqual({ 9: 'The game cannot store your login right now. Please try again in a moment.\n' })
  })

  it('closes the sessions that a player who came back has lost, whether or not this server knows yet', async () => {
    const lost = playing(5, 'Alice', { player: '#2', status: 'detached', tokenHash: 'hash' })
    const unsure = playing(6, 'Alice', { player: '#2' }) // the order is void where it is connected
    const live = playing(7, 'Alice', { player: '#2', tokenHash: 'hash' })
    const { effects, heard: told } = await logIn(['connect Alice secret'], { sessions: [bob, lost, unsure, live] })
    const commands = effects.filter((effect) => effect.kind === 'command')
    expect(commands).toEqual(
      [lost, unsure].map(({ sid }) => ({
        kind: 'command',
        to: sid,
        command: { kind: 'close', reason: 'replaced', text: null },
      })),
    )
    expect(told[3]).toBe('Alice has reconnected.\n')
  })

  it('gives the same answers in the same order when its line is applied again over the stored binding', async () => {
    const bound = {
      ...visitor,
      player: '#2',
      playerName: 'Alice',
      loginState: 'loggedIn',
      boundBy: 1,
      room: '#0',
    } as const
    const game = createGame({ world, passwords: plainPasswords(), texts, loginWithoutRedis: 'allow' })
    const first = await game.input(
      visitor,
      { line: 'connect Alice secret', inputSequence: 1, beforeLogin: true },
      contextOf([]),
    )
    const again = await game.input(
      bound,
      { line: 'connect Alice secret', inputSequence: 1, beforeLogin: true },
      contextOf([bound]),
    )
    expect(again).toEqual(first)
  })
})

describe('create', () => {
  const hall: World = {
    ...world,
    change: async (_sid, _key, change) => {
      const effects = await change(editor)
      return effects === null ? { kind: 'nothing' } : { kind: 'done', effects }
    },
  }

  it('asks for a password that was left out with the echo off, and makes the character', async () => {
    const { session, heard: told } = await logIn(['create "Cy the Grey"', 'secret word'], { world: hall })
    expect(told[9]).toMatch(/^\[echo off\]Password: \[echo on\]\[bind Cy the Grey\]/)
    expect(session).toMatchObject({ player: '#7', playerName: 'Cy the Grey', boundBy: 2, meta: {} })
  })

  it('refuses a name that will not do before it asks for a password, and a password after', async () => {
    expect((await logIn(['create X'], { world: forbiddenWorld })).heard[9]).toMatch(/^That will not do: a name has/)
    expect((await logIn(['create Cy', 'short'], { world: forbiddenWorld })).heard[9]).toMatch(
      /^\[echo off\]Password: \[echo on\]That will not do: a password has/,
    )
    expect((await logIn(['create Cy', ''], { world: forbiddenWorld })).heard[9]).toMatch(
      /No password, no character\.\n$/,
    )
  })

  it('never takes a name for the mark of what a password is for', async () => {
    const { session, heard: told } = await logIn(['connect create', 'secret'])
    expect(told[9]).toContain('different password')
    expect(session.meta).toEqual({})
  })

  it('refuses names and passwords that will not do, before any hash', async () => {
    for (const line of [
      'create X secret',
      'create here secret',
      'create "a  b" secret',
      'create Bob short',
      'create B\u00f6b secret',
    ]) {
      const { heard: told, effects } = await logIn([line], { world: forbiddenWorld })
      expect([line, told[9]]).toEqual([line, expect.stringContaining('That will not do')])
      expect(effects.some(({ kind }) => kind === 'ask')).toBe(false)
    }
  })
})
