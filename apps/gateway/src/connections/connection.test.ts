import { describe, expect, it } from 'vitest'
import { connectionRig, outputRecord, sidOf, text } from '../testing/connection-rig.ts'

const lines = (inputs: readonly { line: string }[]) => inputs.map(({ line }) => line)
const numbers = (inputs: readonly { inputSequence: number }[]) => inputs.map(({ inputSequence }) => inputSequence)
const notices = (seen: readonly string[], word: string) => seen.filter((said) => said.includes(word)).length

describe('input', () => {
  it('numbers the lines from 1, without a gap, in their order', () => {
    const { connection, inputs } = connectionRig()
    for (const line of ['look', '', 'say hi']) connection.line(line)
    expect(inputs).toEqual([
      { inputSequence: 1, line: 'look' },
      { inputSequence: 2, line: '' },
      { inputSequence: 3, line: 'say hi' },
    ])
  })

  it('takes a burst, then lines at their rate and in their order, and tells the player once', async () => {
    const { connection, inputs, seen, pass } = connectionRig({ limits: { inputBurst: 3, inputPerSecond: 10 } })
    for (let number = 1; number <= 6; number++) connection.line(`line ${number}`)
    expect(numbers(inputs)).toEqual([1, 2, 3])
    expect(notices(seen, 'too fast')).toBe(1)
    await pass(200)
    connection.line('line 7')
    expect(lines(inputs).slice(3)).toEqual(['line 4', 'line 5'])
    await pass(200)
    expect(lines(inputs).slice(5)).toEqual(['line 6', 'line 7'])
    expect(numbers(inputs)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(notices(seen, 'too fast')).toBe(1)
  })

  it('tells of typing too fast again once all that waited was taken', async () => {
    const { connection, seen, pass } = connectionRig({ limits: { inputBurst: 1, inputPerSecond: 10 } })
    connection.line('a')
    connection.line('b')
    await pass(100)
    connection.line('c')
    expect(notices(seen, 'too fast')).toBe(2)
  })

  it('closes a flood with its reason, and counts each line that was not taken', () => {
    const { connection, inputs, closes, dropped, seen } = connectionRig({ limits: { inputBurst: 2, inputQueueMax: 3 } })
    for (let number = 0; number < 8; number++) connection.line('x')
    expect(inputs).toHaveLength(2)
    expect(closes).toEqual(['flood'])
    expect(dropped).toEqual({ flood: 1, 'waiting-input': 3, 'input-after-close': 2 })
    expect(seen.slice(-2)).toEqual(['You sent more than this game can take. Goodbye.\n', '<end>'])
  })

  it('takes no waiting line after the close, and counts what waited', async () => {
    const { connection, inputs, dropped, pass } = connectionRig({ limits: { inputBurst: 1 } })
    for (const line of ['a', 'b', 'c']) connection.line(line)
    connection.gone()
    await pass(1_000)
    expect(lines(inputs)).toEqual(['a'])
    expect(dropped).toEqual({ 'waiting-input': 2 })
  })

  it('takes the beginning of a line that was too long, and says so', () => {
    const { connection, inputs, seen } = connectionRig()
    connection.line('say very long', true)
    expect(lines(inputs)).toEqual(['say very long'])
    expect(notices(seen, 'only its beginning')).toBe(1)
  })

  it('reads nothing while any reason holds it back', () => {
    const { connection, state } = connectionRig()
    connection.hold('registering')
    connection.hold('kafka')
    connection.release('kafka')
    expect(state.paused).toBe(true)
    connection.release('registering')
    expect(state.paused).toBe(false)
    connection.release('registering')
    expect(state.paused).toBe(false)
  })

  it('takes no waiting line while Kafka takes none', async () => {
    const { connection, inputs, pass } = connectionRig({ limits: { inputBurst: 1 } })
    connection.line('a')
    connection.line('b')
    connection.hold('kafka')
    await pass(1_000)
    expect(lines(inputs)).toEqual(['a'])
    connection.release('kafka')
    await pass(0)
    expect(lines(inputs)).toEqual(['a', 'b'])
  })
})

describe('output', () => {
  it('shows each cause once, by the order of its source partition', () => {
    const { connection, seen, dropped } = connectionRig()
    const say = (partition: number, offset: number, index: number) =>
      connection.deliver(outputRecord({ partition, offset, index, data: [text(`${partition}:${offset}:${index}\n`)] }))
    say(7, 4, 0)
    say(7, 4, 1)
    say(7, 4, 0)
    say(7, 3, 9)
    say(9, 1, 0)
    say(7, 4, 1)
    say(7, 5, 0)
    expect(seen).toEqual(['7:4:0\n', '7:4:1\n', '9:1:0\n', '7:5:0\n'])
    expect(dropped).toEqual({ repeat: 3 })
  })

  it('shows nothing of a repeat whose replay says other words', () => {
    const { connection, seen } = connectionRig()
    connection.deliver(outputRecord({ data: [text('first\n')] }))
    connection.deliver(outputRecord({ epoch: 2, data: [text('second\n')] }))
    expect(seen).toEqual(['first\n'])
  })

  it('sends the goodbye before the close, and nothing of the record after it', () => {
    const { connection, seen, closes } = connectionRig()
    connection.deliver(
      outputRecord({ data: [text('Goodbye.\n'), { kind: 'close', reason: 'quit' }, text('too late\n')] }),
    )
    connection.deliver(outputRecord({ offset: 1, data: [text('later still\n')] }))
    expect(seen).toEqual(['Goodbye.\n', '<end>'])
    expect(closes).toEqual(['quit'])
  })

  it('passes prompts and echo on in their places', () => {
    const { connection, seen } = connectionRig()
    connection.deliver(
      outputRecord({ data: [text('a\n'), { kind: 'prompt', text: 'Password: ' }, { kind: 'echo', on: false }] }),
    )
    expect(seen).toEqual(['a\n', 'Password: ', '<echo off>'])
  })

  it('holds who the player is as the server said it', () => {
    const { connection, seen } = connectionRig()
    expect([connection.player, connection.loginState]).toEqual([null, 'connected'])
    const bind = { kind: 'bind', player: '#7', playerName: 'Ada', loginState: 'loggedIn' } as const
    connection.deliver(outputRecord({ data: [bind] }))
    expect([connection.player, connection.loginState]).toEqual(['#7', 'loggedIn'])
    expect(seen).toEqual([])
  })

  it('sends no control sequence but colours, whatever a record holds', () => {
    const { connection, seen } = connectionRig()
    connection.deliver(
      outputRecord({
        data: [text('\u001b[2J\u001b[1mbold\u001b[0m\n'), { kind: 'prompt', text: '\u001b]0;x\u0007> ' }],
      }),
    )
    expect(seen).toEqual(['[2J\u001b[1mbold\u001b[0m\n', ']0;x> '])
  })
})

describe('a connection that nobody greets', () => {
  it('reads after two seconds, once, that the game does not answer yet', async () => {
    const { connection, seen, pass } = connectionRig()
    await pass(1_999)
    expect(seen).toEqual([])
    await pass(1)
    await pass(60_000)
    expect(seen).toEqual(['-- The game does not answer yet. You will be seated as soon as it does. --\n'])
    connection.deliver(outputRecord({ data: [text('Hello.\n')] }))
    await pass(10_000)
    expect(seen.slice(1)).toEqual(['Hello.\n'])
  })

  it('reads nothing of it when the greeting is in time, or when it has gone', async () => {
    const greeted = connectionRig()
    await greeted.pass(1_900)
    greeted.connection.deliver(outputRecord({ data: [text('Hello.\n')] }))
    await greeted.pass(10_000)
    expect(greeted.seen).toEqual(['Hello.\n'])
    const gone = connectionRig()
    gone.connection.gone()
    await gone.pass(10_000)
    expect(gone.seen).toEqual([])
  })
})

describe('answers', () => {
  it('says once that the answer is late, and again only after everything was answered', async () => {
    const { connection, seen, pass, done } = connectionRig()
    connection.line('look')
    await pass(1_999)
    expect(notices(seen, 'catching its breath')).toBe(0)
    await pass(1)
    await pass(5_000)
    connection.line('look again')
    await pass(5_000)
    expect(notices(seen, 'catching its breath')).toBe(1)
    connection.deliver(outputRecord({ offset: 1, done: done(1) }))
    await pass(5_000)
    expect(notices(seen, 'catching its breath')).toBe(1)
    connection.deliver(outputRecord({ offset: 2, done: done(2) }))
    connection.line('third')
    await pass(2_000)
    expect(notices(seen, 'catching its breath')).toBe(2)
  })

  it('measures from the line to its own answer, not to what others said meanwhile', async () => {
    const { connection, answers, pass, done } = connectionRig()
    connection.line('look')
    await pass(30)
    connection.deliver(outputRecord({ offset: 1, data: [text('Bob says, "hi"\n')] }))
    connection.deliver(outputRecord({ offset: 2, done: { sid: sidOf(2), inputSequence: 1 } }))
    expect(answers).toEqual([])
    await pass(12)
    connection.deliver(outputRecord({ offset: 3, done: done(1) }))
    expect(answers).toEqual([42])
  })

  it('never calls an answer late that a later line shows to be settled', async () => {
    const { connection, seen, pass, done } = connectionRig()
    connection.line('its answer is lost')
    connection.line('look')
    connection.deliver(outputRecord({ done: done(2) }))
    await pass(10_000)
    expect(seen).toEqual([])
  })
})

describe('a client that does not read', () => {
  const limits = { backlogBytesMax: 1_000, backlogBytesHard: 4_000, slowGraceMs: 30_000 }

  it('is told at the bound, and closed as slow after its grace', async () => {
    const { connection, state, seen, closes, pass } = connectionRig({ limits })
    state.backlogBytes = 1_000
    await pass(200)
    expect(seen).toEqual([])
    state.backlogBytes = 1_001
    await pass(200)
    await pass(29_999)
    expect(notices(seen, 'too slow')).toBe(1)
    expect(closes).toEqual([])
    await pass(1)
    expect(closes).toEqual(['slow'])
    expect(seen.at(-1)).toBe('<destroy>')
    connection.gone()
    expect(closes).toEqual(['slow'])
  })

  it('has its whole grace again once it has caught up', async () => {
    const { state, closes, seen, pass } = connectionRig({ limits })
    state.backlogBytes = 2_000
    await pass(200)
    await pass(29_000)
    state.backlogBytes = 10
    await pass(200)
    state.backlogBytes = 2_000
    await pass(29_000)
    await pass(29_000)
    expect(closes).toEqual([])
    expect(notices(seen, 'too slow')).toBe(2)
  })

  it('is cut at the hard bound as soon as something is sent, whatever its grace', () => {
    const { connection, state, closes } = connectionRig({ limits })
    state.backlogBytes = 4_001
    connection.lookAtBacklog()
    expect(closes).toEqual(['slow'])
    expect(state.destroyed).toBe(true)
  })
})

describe('time before login', () => {
  it('ends a connection that never logs in, with a reason', async () => {
    const { connection, seen, closes, pass } = connectionRig()
    connection.deliver(outputRecord({ data: [text('Hello.\n')] }))
    await pass(300_000)
    expect(closes).toEqual([])
    await pass(1)
    expect(closes).toEqual(['login-timeout'])
    expect(seen).toEqual(['Hello.\n', 'You took too long to log in. Goodbye.\n', '<end>'])
  })

  it('does not end one that is logged in', async () => {
    const { connection, closes, pass } = connectionRig()
    connection.deliver(
      outputRecord({ data: [{ kind: 'bind', player: '#7', playerName: 'Ada', loginState: 'loggedIn' }] }),
    )
    await pass(10_000_000)
    expect(closes).toEqual([])
  })
})

describe('the end', () => {
  it('comes once, in whichever way it came first', () => {
    const { connection, closes, seen } = connectionRig()
    connection.close('boot', 'You were booted.')
    connection.close('shutdown')
    connection.gone()
    connection.deliver(outputRecord({ data: [{ kind: 'close', reason: 'quit' }] }))
    expect(closes).toEqual(['boot'])
    expect(seen).toEqual(['You were booted.\n', '<end>'])
    expect(connection.isClosed).toBe(true)
  })

  it('leaves nothing to be said or sent', async () => {
    const { connection, seen, inputs, changes, dropped, facts, pass } = connectionRig()
    connection.line('look')
    connection.gone()
    connection.line('after')
    facts.width = 80
    connection.factsChanged()
    await pass(10_000_000)
    expect(seen).toEqual([])
    expect(changes).toEqual([])
    expect(lines(inputs)).toEqual(['look'])
    expect(dropped).toEqual({ 'input-after-close': 1 })
  })
})

describe('facts', () => {
  it('tells several that come at once as one change, with a new revision', async () => {
    const { connection, facts, changes, pass } = connectionRig()
    Object.assign(facts, { client: 'TINTIN++', width: 80, height: 24, capabilities: ['naws', 'UTF-8'] })
    connection.factsChanged()
    connection.factsChanged()
    await pass(200)
    await pass(5_000)
    expect(changes).toEqual([{ client: 'TINTIN++', width: 80, height: 24, capabilities: ['naws', 'UTF-8'] }])
    expect(connection.fields).toMatchObject({ width: 80, gatewayRevision: 2 })
  })

  it('tells no change of a client that says the same again', async () => {
    const { connection, changes, pass } = connectionRig()
    connection.factsChanged()
    await pass(200)
    expect(changes).toEqual([])
    expect(connection.fields.gatewayRevision).toBe(1)
  })

  it('hears a client that resizes without end once a second, and ends with its last size', async () => {
    const { connection, facts, changes, pass } = connectionRig()
    for (let width = 1; width <= 25; width++) {
      facts.width = width
      connection.factsChanged()
      await pass(100)
    }
    await pass(1_000)
    expect(changes.map(({ width }) => width)).toEqual([1, 11, 21, 25])
  })
})
