import { describe, expect, it } from 'vitest'
import { awayWorld, forbiddenWorld } from '../testing/stage.ts'
import type { Passwords, Verifying } from '../world/passwords.ts'
import type { World, WorldReader } from '../world/world.ts'
import { createConsoleSignIn } from './console-sign-in.ts'

const playerNamed = (dbref: number, name: string, flags: readonly string[] = []) => ({
  dbref,
  type: 'player' as const,
  name,
  description: '',
  location: 0,
  destination: 0,
  owner: dbref,
  flags,
})
const players = [playerNamed(1, 'First'), playerNamed(2, 'Mara', ['WIZARD']), playerNamed(3, 'Bob')]

function consoleOf({ hashes = {}, verdict }: { hashes?: Record<number, string>; verdict?: Verifying } = {}) {
  const asked: string[] = []
  const credentialsOf = (dbref: number | undefined) =>
    dbref === undefined ? null : { dbref, passwordHash: hashes[dbref] ?? `hash of ${dbref}` }
  const reader: WorldReader = {
    async object(dbref) {
      asked.push('object')
      return players.find((each) => each.dbref === dbref) ?? null
    },
    contents: async () => [],
    async credentials(name) {
      if (name.includes('\u0000')) throw new Error('invalid byte sequence for encoding "UTF8": 0x00')
      asked.push('credentials')
      return credentialsOf(players.find((each) => each.name.toLowerCase() === name.toLowerCase())?.dbref)
    },
    credentialsOf: async (dbref) => credentialsOf(players.find((each) => each.dbref === dbref)?.dbref),
    owned: async () => 0,
  }
  const passwords: Passwords = {
    hash: async () => ({ kind: 'busy' }),
    async verify(passwordHash, password) {
      asked.push('verify')
      return verdict ?? { kind: passwordHash !== null && password === 'secret' ? 'right' : 'wrong' }
    },
  }
  const world: World = { ...forbiddenWorld, read: async (look) => ({ kind: 'done', value: await look(reader) }) }
  return { signIn: createConsoleSignIn({ world, passwords }), asked, world, passwords }
}

describe('signing in to the console', () => {
  it.each([
    ['a wizard', 'mara', { dbref: '#2', name: 'Mara' }],
    ['the first wizard, whatever its flags', 'First', { dbref: '#1', name: 'First' }],
  ])('lets %s in', async (_, name, who) => {
    const { answer } = await consoleOf().signIn({ name, password: 'secret' })
    expect(answer).toMatchObject({ kind: 'wizard', ...who, credentialEpoch: expect.any(String) })
  })

  it('gives the same answer by the same way for an unknown name, one that nobody can have, a wrong password and a player who is no wizard', async () => {
    const ways: { answer: unknown; asked: readonly string[] }[] = []
    for (const [name, password] of [
      ['Nobody', 'secret'],
      ['Mara', 'wrong'],
      ['Bob', 'secret'],
      ['Mara\u0000', 'secret'],
      ['\u0007', 'secret'],
      ['M'.repeat(200), 'secret'],
    ] as const) {
      const { signIn, asked } = consoleOf()
      const { answer } = await signIn({ name, password })
      ways.push({ answer, asked })
    }
    for (const way of ways)
      expect(way).toEqual({ answer: { kind: 'refused' }, asked: ['credentials', 'object', 'verify'] })
  })

  it('names in the audit who exists, and nobody else', async () => {
    const { signIn } = consoleOf()
    expect((await signIn({ name: 'bob', password: 'secret' })).who).toBe('Bob')
    expect((await signIn({ name: 'Mara', password: 'wrong' })).who).toBe('Mara')
    expect((await signIn({ name: 'hunter2', password: '' })).who).toBeNull()
  })

  it('cannot say while Postgres is away or too many passwords are being checked', async () => {
    const { passwords } = consoleOf()
    const away = createConsoleSignIn({ world: awayWorld, passwords })
    expect((await away({ name: 'Mara', password: 'secret' })).answer).toEqual({ kind: 'unavailable' })
    expect((await away({ dbref: '#2' })).answer).toEqual({ kind: 'unavailable' })
    const busy = consoleOf({ verdict: { kind: 'busy' } })
    expect((await busy.signIn({ name: 'Mara', password: 'secret' })).answer).toEqual({ kind: 'unavailable' })
  })
})

describe('the standing of who is signed in', () => {
  it('holds while the character is a wizard under the same password', async () => {
    const { answer } = await consoleOf().signIn({ name: 'Mara', password: 'secret' })
    expect((await consoleOf().signIn({ dbref: '#2' })).answer).toEqual(answer)
    const changed = await consoleOf({ hashes: { 2: 'another hash' } }).signIn({ dbref: '#2' })
    expect(changed.answer).toMatchObject({ kind: 'wizard', name: 'Mara' })
    expect(changed.answer).not.toEqual(answer)
  })

  it.each(['#3', '#99', 'nonsense'])('is refused for %s', async (dbref) => {
    expect((await consoleOf().signIn({ dbref })).answer).toEqual({ kind: 'refused' })
  })

  it('tells nothing of the hash', async () => {
    const { answer } = await consoleOf().signIn({ dbref: '#2' })
    expect(JSON.stringify(answer)).not.toContain('hash of')
  })
})
