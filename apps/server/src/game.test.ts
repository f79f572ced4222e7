import type { SessionRecord } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from './commands/registry.ts'
import { createGame } from './game.ts'
import { after, awayWorld, connected, contextOf, forbiddenWorld, heard, playing } from './testing/stage.ts'
import { loadTexts } from './text/texts.ts'
import { createPasswords } from './world/passwords.ts'
import type { World, WorldReader } from './world/world.ts'

const texts = loadTexts()
const alice = playing(2, 'Alice')
const bob = playing(3, 'Bob')
const far = playing(4, 'Farah', { room: '#9' })
const wizard = playing(1, 'Wizard', { wizard: true, room: '#9' })
const everybody = [alice, bob, far, wizard]

const room = { dbref: 0, type: 'room', name: 'Hall', description: '', location: null, destination: null } as const
/** A world of one room, in which everybody is. */
const hall: WorldReader = {
  object: async () => ({ ...room, owner: 1, flags: [] }),
  contents: async () => [],
  credentials: async () => null,
  credentialsOf: async () => null,
  owned: async () => 0,
}

const gameIn = (world: World) => createGame({ world, passwords: createPasswords(), texts, loginWithoutRedis: 'allow' })

/** What a player's line does; the world may not be asked. */
async function type(session: SessionRecord, line: string, sessions = everybody, world: World = forbiddenWorld) {
  const beforeLogin = session.loginState === 'connected'
  const effects = await gameIn(world).input(session, { line, inputSequence: 2, beforeLogin }, contextOf(sessions))
  return { effects, heard: heard(effects, sessions) }
}

describe('speech, which needs no world', () => {
  it.each([
    ['say hello', 'You say, "hello"\n', 'Alice says, "hello"\n'],
    ['"hello', 'You say, "hello"\n', 'Alice says, "hello"\n'],
    ['pose waves', 'Alice waves\n', 'Alice waves\n'],
    [':waves', 'Alice waves\n', 'Alice waves\n'],
    [";'s hat falls", "Alice's hat falls\n", "Alice's hat falls\n"],
  ])('carries %s to the room and to nobody else', async (line, own, others) => {
    expect((await type(alice, line)).heard).toEqual({ 2: own, 3: others })
  })

  it('reaches every session of the speaker as its own', async () => {
    const second = playing(5, 'Alice', { player: '#2' })
    expect((await type(alice, 'say hi', [alice, bob, second])).heard).toEqual({
      2: 'You say, "hi"\n',
      3: 'Alice says, "hi"\n',
      5: 'You say, "hi"\n',
    })
  })

  it('makes the same outputs whether anybody listens or not, so that a replay counts the same', async () => {
    const alone = await type(alice, 'say hi', [alice])
    const together = await type(alice, 'say hi')
    expect(alone.effects.map(({ kind }) => kind)).toEqual(together.effects.map(({ kind }) => kind))
  })

  it('brings no control characters to others', async () => {
    expect((await type(alice, 'say \u001b[2Jhi\u202e\u0007')).heard[3]).toBe('Alice says, "[2Jhi"\n')
  })
})

describe('a newcomer whose login is not stored yet', () => {
  const stored = { id: '1:2:0', kind: 'stored', sealed: 'x', parked: [] }
  const newcomer = playing(5, 'Newt', { waitingFor: stored })
  const withNewcomer = [...everybody, newcomer]
  const answeredWorld: World = {
    ...forbiddenWorld,
    read: (look) => look(hall).then((value) => ({ kind: 'done', value })),
  }

  it.each(['say hello', ':waves', 'page Newt=hello', 'LOGOUT'])(
    'hears nothing of %s while it may still be refused',
    async (line) => {
      const refusable = { ...newcomer, waitingFor: { ...stored, kind: 'admitted' } }
      expect((await type(alice, line, [...everybody, refusable])).heard).not.toHaveProperty('5')
    },
  )

  it('hears the room from its binding on where it will be let in: other servers learn of a welcome later than its player', async () => {
    expect((await type(alice, 'say hello', withNewcomer)).heard[5]).toBe('Alice says, "hello"\n')
  })

  it('hears no announcement of a wizard', async () => {
    expect((await type(wizard, '@wall tide', withNewcomer)).heard).not.toHaveProperty('5')
  })

  it('hears no second session of its own player', async () => {
    const second = playing(6, 'Newt', { player: newcomer.player })
    expect((await type(second, 'say hi', [...withNewcomer, second])).heard).not.toHaveProperty('5')
  })

  it('is seen by nobody: not in the room, not in WHO, not in INFO', async () => {
    expect((await type(alice, 'look', withNewcomer, answeredWorld)).heard[2]).toBe('Hall\nContents:\nBob\n')
    expect((await type(alice, 'WHO', withNewcomer)).heard[2]).not.toContain('Newt')
    const visitor = connected(14)
    expect((await type(visitor, 'INFO', [...withNewcomer, visitor])).heard[14]).toContain('Connected: 4')
  })

  it('leaves without a word when it goes before the welcome: the room never met it', async () => {
    expect(await gameIn(forbiddenWorld).closed(newcomer, 'client', contextOf(withNewcomer))).toEqual([])
  })

  it('hears the room from its welcome on, also while the lines that it typed ahead are done', async () => {
    const welcomed = { ...newcomer, waitingFor: { ...stored, isAnswered: true as const } }
    expect((await type(alice, 'say hello', [...everybody, welcomed])).heard[5]).toBe('Alice says, "hello"\n')
    const asking = { ...newcomer, waitingFor: { ...stored, kind: 'password' } }
    expect((await type(alice, 'say hello', [...everybody, asking])).heard[5]).toBe('Alice says, "hello"\n')
  })

  it('is booted with the rest of its player', async () => {
    const second = playing(6, 'Newt', { player: newcomer.player })
    const { effects } = await type(wizard, '@boot Newt', [...withNewcomer, second])
    expect(effects.flatMap((effect) => (effect.kind === 'command' ? [effect.to] : []))).toEqual([
      newcomer.sid,
      second.sid,
    ])
  })
})

describe('page', () => {
  it('reaches a player anywhere by the beginning of the name, and remembers it', async () => {
    const { effects, heard: told } = await type(alice, 'page far=hi there')
    expect(told).toEqual({ 2: "You paged Farah with 'hi there'.\n", 4: 'Alice pages: hi there\n' })
    const again = await type(after(alice, effects), 'page and again')
    expect(again.heard[4]).toBe('Alice pages: and again\n')
  })

  it('poses from afar, to several', async () => {
    expect((await type(alice, 'p Bob Farah=:waves')).heard).toEqual({
      2: 'Long distance to (Bob, Farah): Alice waves\n',
      3: 'From afar (to Bob, Farah), Alice waves\n',
      4: 'From afar (to Bob, Farah), Alice waves\n',
    })
  })

  it('says who is not there, and who is meant by more than one name', async () => {
    const bobby = playing(6, 'Bobby')
    expect((await type(alice, 'page Nobody=hi')).heard).toEqual({ 2: 'Nobody is not connected.\n' })
    expect((await type(alice, 'page bo=hi', [alice, bob, bobby])).heard).toEqual({
      2: `I don't know which one you mean by "bo": Bob, Bobby.\n`,
    })
    expect((await type(alice, 'page bob=hi', [alice, bob, bobby])).heard[3]).toBe('Alice pages: hi\n')
  })

  it('does not tell by a beginning who hides', async () => {
    const ghost = playing(7, 'Ghost', { hidden: true })
    expect((await type(alice, 'page gh=hi', [alice, ghost])).heard).toEqual({ 2: 'gh is not connected.\n' })
  })
})

describe('wizards', () => {
  it('wall to everybody, and nobody else does', async () => {
    const told = 'Announcement: Wizard shouts, "tide"\n'
    expect((await type(wizard, '@wall tide')).heard).toEqual({ 1: told, 2: told, 3: told, 4: told })
    expect((await type(alice, '@wall tide')).heard).toEqual({ 2: 'Permission denied.\n' })
  })

  it('boot all sessions of a player, one by its port, and never the first wizard', async () => {
    const second = playing(8, 'Bob', { player: '#3' })
    const booted = await type(wizard, '@boot bob', [...everybody, second])
    const closing = booted.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.to] : []))
    expect(closing).toEqual([bob.sid, second.sid])
    expect(booted.heard).toEqual({ 1: 'You booted Bob off!\n' })
    const other = playing(9, 'Other', { wizard: true })
    expect((await type(other, '@boot Wizard', [wizard, other])).heard).toEqual({ 9: "You can't boot that player!\n" })
    const visitor = connected(10)
    expect((await type(wizard, '@boot/port 10', [wizard, visitor])).effects).toContainEqual({
      kind: 'command',
      to: visitor.sid,
      command: { kind: 'close', reason: 'boot', text: 'You are politely shown to the door.' },
    })
  })

  it.each([
    [alice, '@boot', '@boot/me ends your other connections; QUIT ends this one.\n'],
    [alice, '@boot me', '@boot/me ends your other connections; QUIT ends this one.\n'],
    [wizard, '@boot', expect.stringContaining('Boot whom? @boot <player>')],
    [wizard, '@boot/port', expect.stringContaining('@boot/port <port>')],
  ])('tell who types @boot wrong what is right', async (session, line, said) => {
    expect((await type(session, line)).heard).toEqual({ [session.handle]: said })
  })

  it('are the only ones who boot others; everybody boots their own others', async () => {
    expect((await type(alice, '@boot Bob')).heard).toEqual({ 2: "You can't boot other people!\n" })
    const second = playing(8, 'Alice', { player: '#2' })
    const own = await type(alice, '@boot/me', [alice, second])
    expect(own.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.to] : []))).toEqual([second.sid])
  })
})

describe('preferences', () => {
  it('are set, shown, listed and cleared', async () => {
    const { effects } = await type(alice, '@pref Color=on')
    const set = after(alice, effects)
    expect(set.meta).toEqual({ color: 'on' })
    expect((await type(set, '@pref')).heard[2]).toBe('color=on\n')
    expect((await type(set, '@pref color')).heard[2]).toBe('color=on\n')
    expect(after(set, (await type(set, '@pref/clear color')).effects).meta).toEqual({})
  })

  it('cannot touch what the game keeps, nor what every object has', async () => {
    for (const line of ['@pref _login=Wizard', '@pref __proto__=x', '@pref constructor', '@pref/clear _doing']) {
      expect(
        (await type({ ...alice, meta: { _doing: 'x' } }, line)).effects.filter(({ kind }) => kind === 'set'),
      ).toEqual([])
    }
    expect((await type({ ...alice, meta: { _doing: 'x' } }, '@pref')).heard[2]).toBe('You have no preferences.\n')
  })

  it('are bounded in number and length', async () => {
    const many = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${i}`, 'v']))
    expect((await type({ ...alice, meta: many }, '@pref another=1')).effects.some(({ kind }) => kind === 'set')).toBe(
      false,
    )
    expect((await type(alice, `@pref k=${'x'.repeat(201)}`)).effects.some(({ kind }) => kind === 'set')).toBe(false)
  })
})

describe('the rest', () => {
  it('says goodbye before the close, in one output', async () => {
    expect((await type(alice, 'QUIT')).heard).toEqual({ 2: `${texts.goodbye}\n[close quit]` })
    expect((await type(connected(11), 'quit', [connected(11)])).heard).toEqual({ 11: `${texts.goodbye}\n[close quit]` })
  })

  it('takes the player off the session at LOGOUT and keeps the connection', async () => {
    const { effects, heard: told } = await type(alice, 'LOGOUT')
    expect(after(alice, effects)).toMatchObject({ player: null, loginState: 'connected', room: null, boundBy: null })
    expect(told).toEqual({ 2: `[bind null]${texts.banner}\n`, 3: 'Alice has disconnected.\n' })
  })

  it('answers help from its pages', async () => {
    expect((await type(alice, 'help @dig')).heard[2]).toContain('@dig')
    expect((await type(alice, 'help nothing')).heard[2]).toBe("No entry for 'nothing'.\n")
    expect((await type(alice, 'help l')).heard[2]).toContain('look <')
    expect((await type(alice, 'help "')).heard[2]).toContain('say <words>')
  })

  it('has help for every name and alias that a command has', async () => {
    for (const word of COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases])) {
      for (const session of [alice, connected(14)]) {
        const { heard: told } = await type(session, `help ${word}`, [session])
        expect([word, told[session.handle]]).not.toEqual([word, expect.stringMatching(/No entry|which match/)])
      }
    }
  })

  it('does nothing for idle and for nothing', async () => {
    expect((await type(alice, 'idle')).effects).toEqual([])
    expect((await type(alice, '  ')).effects).toEqual([])
  })

  it('does not understand what is no command and no exit', async () => {
    const world: World = { ...forbiddenWorld, change: () => Promise.resolve({ kind: 'nothing' }) }
    expect((await type(alice, 'frobnicate', everybody, world)).heard).toEqual({ 2: 'Huh?  (Type "help" for help.)\n' })
    expect((await type(connected(12), 'say hi', [connected(12)])).heard[12]).toContain('Huh?')
  })

  it.each([
    ['look/foo', "look doesn't know switch FOO.\n"],
    ['@boot/me/quiet', "@boot doesn't know switch QUIET.\n"],
    ['@pref/clean x', "@pref doesn't know switch CLEAN.\n"],
    ['@wall/pose waves', 'Permission denied.\n'],
  ])('refuses a switch that a command does not know: %s', async (line, said) => {
    expect((await type(alice, line)).heard).toEqual({ 2: said })
  })

  it('refuses such a switch at the login too, and knows those that there are', async () => {
    const visitor = connected(14)
    expect((await type(visitor, 'WHO/all', [visitor])).heard).toEqual({ 14: "WHO doesn't know switch ALL.\n" })
    expect((await type(alice, 'pose/nospace waves')).heard[3]).toBe('Alicewaves\n')
  })

  it('says that the world is away, and lets abbreviated speech go on', async () => {
    expect((await type(alice, 'north', everybody, awayWorld)).heard[2]).toContain('cannot be reached')
    expect((await type(alice, 'look', everybody, awayWorld)).heard[2]).toContain('cannot be seen')
    expect((await type(alice, 'sa hello', everybody, awayWorld)).heard[3]).toBe('Alice says, "hello"\n')
  })

  it('keeps a session waiting for a change whose COMMIT was not answered', async () => {
    const world: World = { ...forbiddenWorld, change: () => Promise.resolve({ kind: 'unsettled' }) }
    const { effects } = await type(alice, '@dig Hall', everybody, world)
    expect(effects).toEqual([{ kind: 'ask', question: { kind: 'settle', content: 'i:2' } }])
    const game = gameIn(world)
    const answer = JSON.stringify({ kind: 'done', effects: [{ kind: 'output', to: [alice.sid], parts: [] }] })
    const question = { kind: 'settle', content: 'i:2' }
    expect(await game.answered(alice, question, answer, contextOf(everybody))).toHaveLength(1)
    const notDone = await game.answered(alice, question, '{"kind":"not-done"}', contextOf(everybody))
    expect(heard(notDone, everybody)[2]).toContain('nothing was changed')
  })
})

it('greets a newcomer as nobody, whoever its gateway took it for', async () => {
  const visitor = connected(9)
  const effects = await gameIn(forbiddenWorld).established(visitor, contextOf([visitor]))
  expect(heard(effects, [visitor])[9]).toContain('connect <name> <password>')
  expect(effects).toMatchObject([{ parts: [{ kind: 'bind', player: null, loginState: 'connected' }, {}] }])
})

describe('a session that ends or is told from elsewhere', () => {
  it('is missed by the room, but for one whose player came back', async () => {
    const game = gameIn(forbiddenWorld)
    expect(heard(await game.closed(alice, 'lost', contextOf(everybody)), everybody)).toEqual({
      3: 'Alice has disconnected.\n',
    })
    const back = playing(12, 'Alice', { player: '#2' })
    expect(heard(await game.closed(alice, 'replaced', contextOf([...everybody, back])), everybody)).toEqual({})
    expect(await game.closed(connected(13), 'client', contextOf(everybody))).toEqual([])
  })

  it('is not missed when it was replaced by one of which this server knows nothing yet', async () => {
    const game = gameIn(forbiddenWorld)
    expect(heard(await game.closed(alice, 'replaced', contextOf(everybody)), everybody)).toEqual({})
  })

  it('is missed by the room when it leaves before the session that it replaced is gone', async () => {
    const game = gameIn(forbiddenWorld)
    const replaced = playing(12, 'Alice', { player: '#2', status: 'detached' })
    const sessions = [...everybody, replaced]
    expect(heard(await game.closed(alice, 'client', contextOf(sessions)), everybody)[3]).toBe(
      'Alice has disconnected.\n',
    )
    const resumable = { ...replaced, tokenHash: 'hash' } as const
    expect(heard(await game.closed(alice, 'client', contextOf([...everybody, resumable])), everybody)[3]).toBe(
      'Alice has partially disconnected.\n',
    )
    // Both were lost with one gateway: the second goes later.
    const lost = { ...alice, status: 'detached' } as const
    expect(heard(await game.closed(lost, 'lost', contextOf([lost, bob, replaced])), everybody)[3]).toBe(
      'Alice has partially disconnected.\n',
    )
  })

  it('reads why before it is closed, and follows its player to another room', async () => {
    const game = gameIn(forbiddenWorld)
    const close = { kind: 'close', reason: 'boot', text: 'Out.' } as const
    expect(heard(await game.command(alice, close, contextOf(everybody)), everybody)).toEqual({
      2: 'Out.\n[close boot]',
    })
    const moved = await game.command(alice, { kind: 'moved', room: '#9' }, contextOf(everybody))
    expect(after(alice, moved).room).toBe('#9')
  })

  it('reads something when a wizard has written nothing', async () => {
    const game = gameIn(forbiddenWorld)
    for (const text of [null, '', ' \u0007 ']) {
      const close = { kind: 'close', reason: 'boot', text } as const
      expect(heard(await game.command(alice, close, contextOf(everybody)), everybody)).toEqual({
        2: 'You are politely shown to the door.\n[close boot]',
      })
    }
  })

  it('reads a message from the console as a page, with nothing in it that its terminal would obey', async () => {
    const message = { kind: 'message', from: 'Mara', text: 'The tide\u001b[2J turns.\r\nAt nine.\n' } as const
    expect(heard(await gameIn(forbiddenWorld).command(alice, message, contextOf(everybody)), everybody)).toEqual({
      2: 'Mara (console) pages: The tide[2J turns.\nAt nine.\n',
    })
  })

  it('is taken from Redis only with a player and a room that can be', () => {
    const game = gameIn(forbiddenWorld)
    expect(game.problemOf?.(alice)).toBeNull()
    expect(game.problemOf?.(connected(13))).toBeNull()
    expect(game.problemOf?.({ ...alice, room: 'nowhere' })).toEqual(expect.any(String))
    expect(game.problemOf?.({ ...alice, player: 'Alice' })).toEqual(expect.any(String))
  })
})
