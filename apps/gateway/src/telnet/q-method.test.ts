import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type QEvent, type QState, qStateSchema, qStep } from './q-method.ts'

/** RFC 1143, section 7, as its tables stand there: state, event, whether we agree, then state and reply. */
const RFC_TABLE: readonly (readonly [QState, QEvent, boolean, QState, 'on' | 'off' | null])[] = [
  ['no', 'theirOn', true, 'yes', 'on'],
  ['no', 'theirOn', false, 'no', 'off'],
  ['yes', 'theirOn', false, 'yes', null],
  ['wantNo', 'theirOn', true, 'no', null],
  ['wantNoOpposite', 'theirOn', true, 'yes', null],
  ['wantYes', 'theirOn', false, 'yes', null],
  ['wantYesOpposite', 'theirOn', true, 'wantNo', 'off'],
  ['no', 'theirOff', true, 'no', null],
  ['yes', 'theirOff', true, 'no', 'off'],
  ['wantNo', 'theirOff', true, 'no', null],
  ['wantNoOpposite', 'theirOff', true, 'wantYes', 'on'],
  ['wantYes', 'theirOff', true, 'no', null],
  ['wantYesOpposite', 'theirOff', true, 'no', null],
  ['no', 'askOn', false, 'wantYes', 'on'],
  ['yes', 'askOn', false, 'yes', null],
  ['wantNo', 'askOn', false, 'wantNoOpposite', null],
  ['wantNoOpposite', 'askOn', false, 'wantNoOpposite', null],
  ['wantYes', 'askOn', false, 'wantYes', null],
  ['wantYesOpposite', 'askOn', false, 'wantYes', null],
  ['no', 'askOff', false, 'no', null],
  ['yes', 'askOff', false, 'wantNo', 'off'],
  ['wantNo', 'askOff', false, 'wantNo', null],
  ['wantNoOpposite', 'askOff', false, 'wantNo', null],
  ['wantYes', 'askOff', false, 'wantYesOpposite', null],
  ['wantYesOpposite', 'askOff', false, 'wantYesOpposite', null],
]

describe('qStep', () => {
  it.each(RFC_TABLE)('follows RFC 1143: %s, %s, accepting %s -> %s, replying %s', (from, event, accept, to, reply) => {
    expect(qStep(from, event, accept)).toMatchObject({ state: to, reply })
  })

  it('says off at once when insisting, whatever is unanswered', () => {
    for (const state of qStateSchema.options) {
      const off = qStep(state, 'insistOff', false)
      const isSaid = ['no', 'offSaid', 'wantNo', 'wantNoOpposite'].includes(state)
      expect([state, off.reply]).toEqual([state, isSaid ? null : 'off'])
    }
  })

  it('waits as the RFC has it, insisting or not, where the client may switch on unasked', () => {
    for (const state of qStateSchema.options)
      expect(qStep(state, 'insistOff', true)).toEqual(qStep(state, 'askOff', true))
  })

  it('takes the late confirmation of an off for what it is, not for a refusal of the next on', () => {
    const off = qStep('yes', 'insistOff', false).state
    const on = qStep(off, 'askOn', false)
    expect(on.reply).toBe('on')
    const confirmed = qStep(on.state, 'theirOff', false)
    expect(confirmed).toEqual({ state: 'wantYes', reply: null, outcome: null })
    expect(qStep(confirmed.state, 'theirOff', false).outcome).toBe('refused')
  })
})

type Client = { honours: boolean; confirmsOff: boolean; hides: boolean }

/** What a client answers to WILL or WONT. Real ones differ in whether they confirm an off. */
function clientAnswers(client: Client, heard: 'on' | 'off'): QEvent | null {
  if (heard === 'on') {
    if (client.hides) return null
    client.hides = client.honours
    return client.honours ? 'theirOn' : 'theirOff'
  }
  const wasHiding = client.hides
  client.hides = false
  return wasHiding && client.confirmsOff ? 'theirOff' : null
}

type Action = 'on' | 'off' | 'toClient' | 'toServer'

/** Plays actions over two queues with any delay, then delivers all that is under way. */
function play(client: Client, actions: readonly Action[]) {
  let state: QState = 'no'
  let sent = 0
  const toClient: ('on' | 'off')[] = []
  const toServer: QEvent[] = []
  const event = (what: QEvent) => {
    const step = qStep(state, what, false)
    state = step.state
    if (step.reply === null) return
    sent += 1
    toClient.push(step.reply)
  }
  const deliver = (action: Action) => {
    const heard = action === 'toClient' ? toClient.shift() : undefined
    const answer = heard === undefined ? null : clientAnswers(client, heard)
    if (answer !== null) toServer.push(answer)
    const back = action === 'toServer' ? toServer.shift() : undefined
    if (back !== undefined) event(back)
  }
  for (const action of actions) {
    if (action === 'on') event('askOn')
    else if (action === 'off') event('insistOff')
    else deliver(action)
  }
  const bound = 4 * (actions.length + 1)
  for (let turn = 0; turn < bound && toClient.length + toServer.length > 0; turn += 1) {
    deliver('toClient')
    deliver('toServer')
  }
  return { state, sent, quiet: toClient.length + toServer.length === 0 }
}

const clients = fc.record({ honours: fc.boolean(), confirmsOff: fc.boolean(), hides: fc.constant(false) })
const actions = fc.array(fc.constantFrom<Action>('on', 'off', 'toClient', 'toServer'), { maxLength: 30 })

describe('hiding a password', () => {
  it('never leaves a client muted once we want its typing shown, with any client and any delay', () => {
    fc.assert(
      fc.property(clients, actions, (client, script) => {
        const own = { ...client }
        const { quiet } = play(own, [...script, 'off'])
        expect(quiet).toBe(true)
        expect(own.hides).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('hides every password of a client that honours it, where answers come before the password does', () => {
    const quickAgain = fc.constantFrom<Action[]>([], ['toClient'], ['toClient', 'toServer'])
    fc.assert(
      fc.property(fc.boolean(), fc.array(quickAgain, { maxLength: 8 }), (confirmsOff, gaps) => {
        const client = { honours: true, confirmsOff, hides: false }
        const settled: Action[] = ['toClient', 'toServer', 'toClient', 'toServer']
        const script = gaps.flatMap((gap): Action[] => ['on', ...settled, 'off', ...gap])
        const { state } = play(client, [...script, 'on'])
        expect(client.hides).toBe(true)
        expect(state).toBe('yes')
      }),
    )
  })

  it('sends no more than it is asked for and told', () => {
    fc.assert(
      fc.property(clients, actions, (client, script) => {
        expect(play({ ...client }, script).sent).toBeLessThanOrEqual(4 * script.length)
      }),
    )
  })
})
