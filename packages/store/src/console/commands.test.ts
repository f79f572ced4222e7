import { expect, test } from 'vitest'
import { auditRecordSchema, type CommandRequest } from '../contracts/index.ts'
import { consoleRig, one, REQUEST, three, two } from '../testing/commands-rig.ts'
import { BY } from '../testing/orders.ts'
import { AUDIT_WAIT_MS } from './commands.ts'
import type { Verification } from './verify-sessions.ts'

const reconcile: Partial<CommandRequest> = { type: 'reconcile', truth: 'owner' }

test('has the request in the audit before any session hears of it', async () => {
  const { submit, batcher, clock, orders, kafka, comeBack } = consoleRig()
  kafka.isUp = false
  const answer = submit()
  await clock.advance(500)
  expect(batcher.sent.map(({ topic }) => topic)).toEqual(['holdfast.audit'])
  comeBack()
  await clock.advance(50)
  expect(await answer).toMatchObject({ kind: 'accepted', command: { id: 'c-1', by: 'Mara', state: 'accepted' } })
  expect(orders()).toMatchObject([
    {
      id: `c-1:${one}`,
      sid: one,
      command: { kind: 'wizard', order: { commandId: 'c-1', type: 'disconnect', by: BY } },
    },
  ])
})

test('does nothing without Kafka, and nothing when it is back', async () => {
  const { submit, clock, orders, comeBack, stateOf, commands } = consoleRig({ isUp: false })
  const answer = submit()
  await clock.advance(AUDIT_WAIT_MS + 10)
  expect(await answer).toMatchObject({ kind: 'unavailable' })
  comeBack()
  await clock.advance(60_000)
  expect(orders()).toEqual([])
  expect(stateOf()).toBe('refused')
  expect(commands.get('c-1')).toMatchObject({ detail: 'Kafka did not take it in time: nothing was done' })
  expect(await submit()).toMatchObject({ kind: 'known', command: { state: 'refused' } })
})

test('does nothing where Kafka takes the request and does not give it back', async () => {
  const { submit, clock, orders, kafka, comeBack, stateOf } = consoleRig()
  kafka.isUp = false
  const answer = submit()
  await clock.advance(AUDIT_WAIT_MS + 10)
  expect(await answer).toMatchObject({ kind: 'unavailable' })
  comeBack()
  await clock.advance(1_000)
  expect(orders()).toEqual([])
  expect(stateOf()).toBe('refused')
})

test('sends nothing to a Kafka that is known to be silent, nor before the audit has been read', async () => {
  const { submit, kafka, batcher } = consoleRig()
  kafka.silentMs = 5_000
  expect(await submit()).toMatchObject({ kind: 'unavailable' })
  Object.assign(kafka, { silentMs: 0, isCaughtUp: false })
  expect(await submit()).toMatchObject({ kind: 'unavailable' })
  expect(batcher.sent).toEqual([])
})

test('refuses what is only for sessions at a process that is silent, with its reason, and does nothing when it is back', async () => {
  const { submit, submitted, silent, batcher } = consoleRig()
  silent.set(one, { role: 'server', reason: 'server-a silent for 9 s' })
  expect(await submit()).toEqual({
    kind: 'unavailable',
    part: 'server',
    problem: 'server-a silent for 9 s: nothing was done',
  })
  silent.set(two, { role: 'gateway', reason: 'gateway-1 silent for 6 s' })
  expect(await submit({ target: { sids: [one, two] } })).toMatchObject({
    kind: 'unavailable',
    problem: 'server-a silent for 9 s, gateway-1 silent for 6 s: nothing was done',
  })
  expect(batcher.sent).toEqual([])
  silent.clear()
  expect(await submitted()).toMatchObject({ kind: 'accepted' })
})

test('skips those of many that lie at a process that is silent, and says why of each', async () => {
  const { submitted, silent, orders, answer, clock, commands } = consoleRig()
  silent.set(two, { role: 'server', reason: 'server-a silent for 9 s' })
  await submitted({ ...reconcile, target: { sids: [one, two, three] } })
  expect(orders().map(({ sid }) => sid)).toEqual([one, three])
  answer(one)
  answer(three)
  await clock.advance(2_000)
  expect(commands.get('c-1')).toMatchObject({
    state: 'verified',
    results: [
      { outcome: 'done' },
      { sid: two, outcome: 'skipped', detail: 'server-a silent for 9 s' },
      { outcome: 'done' },
    ],
  })
})

test('has failed where the silence of all is certain only when it is sent', async () => {
  const { submit, silent, orders, clock, commands } = consoleRig()
  const answer = submit()
  silent.set(one, { role: 'server', reason: 'server-a silent for 6 s' })
  await clock.advance(1_000)
  expect(await answer).toMatchObject({ kind: 'accepted' })
  expect(orders()).toEqual([])
  expect(commands.get('c-1')).toMatchObject({
    state: 'failed',
    results: [{ outcome: 'skipped', detail: 'server-a silent for 6 s' }],
  })
})

test('answers the same command with what became of it, and another with the same id by a conflict', async () => {
  const { submitted, submit, orders } = consoleRig()
  await submitted()
  expect(await submit()).toMatchObject({ kind: 'known', command: { id: 'c-1' } })
  expect(await submit({ reason: 'other' })).toMatchObject({ kind: 'conflict' })
  expect(await submit({}, undefined, { name: 'Eve', dbref: '#7' })).toMatchObject({ kind: 'conflict' })
  expect(orders()).toHaveLength(1)
})

test('gives one effect to a command that comes twice at once', async () => {
  const { submit, clock, orders } = consoleRig()
  const answers = [submit(), submit(), submit({ reason: 'other' })]
  await clock.advance(20)
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(['accepted', 'known', 'conflict'])
  expect(orders()).toHaveLength(1)
})

test('lets the first in the audit be the command when two consoles take it at once', async () => {
  const { submit, clock, read, orders } = consoleRig()
  const answers = [submit(), submit({ id: 'c-2' })]
  const theirs = { v: 1, at: 5, from: 'console-2', kind: 'requested', by: BY } as const
  read({ ...theirs, id: 'c-1', request: REQUEST, sids: [one] })
  read({ ...theirs, id: 'c-2', request: { ...REQUEST, id: 'c-2', reason: 'other' }, sids: [one] })
  await clock.advance(20)
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(['known', 'conflict'])
  expect(orders()).toEqual([])
})

test('knows a command again after a restart, and sends nothing of it', async () => {
  const { read, submit, orders, clock, stateOf } = consoleRig()
  read({ v: 1, id: 'c-1', at: 5, from: 'console-0', kind: 'requested', by: BY, request: REQUEST, sids: [one] })
  expect(await submit()).toMatchObject({ kind: 'known' })
  expect(await submit({ text: 'x' })).toMatchObject({ kind: 'conflict' })
  await clock.advance(20_000)
  expect(stateOf()).toBe('timed-out')
  expect(orders()).toEqual([])
})

test('tells which session is not as the wizard saw it, and does nothing', async () => {
  const { submit, versions, batcher } = consoleRig()
  versions.set(one, '1.1.5').set(two, '1.1.2')
  const expected = { target: { sids: [one, two, three] }, expect: { [one]: '1.1.4', [two]: '1.1.2', [three]: '1.1.9' } }
  expect(await submit(expected)).toMatchObject({
    kind: 'conflict',
    changed: [{ sid: one, saw: '1.1.4', is: '1.1.5' }],
  })
  expect(batcher.sent).toEqual([])
})

test('waits for what owners publish where Redis is ahead of it, and believes them', async () => {
  const { submit, versions, stored, clock, model } = consoleRig()
  versions.set(one, '1.1.4')
  stored.set(one, '1.1.5')
  const late = submit({ expect: { [one]: '1.1.4' } })
  await clock.advance(500)
  versions.set(one, '1.1.5')
  await clock.advance(1_000)
  expect(await late).toMatchObject({ kind: 'conflict', changed: [{ sid: one, saw: '1.1.4', is: '1.1.5' }] })

  versions.set(one, '1.1.4')
  stored.set(one, '9.9.9') // a hand's: the command may be the one that puts it right
  const edited = submit({ id: 'c-2', expect: { [one]: '1.1.4' } })
  await clock.advance(5_000)
  expect(await edited).toMatchObject({ kind: 'accepted' })

  model.isRedisUp = false
  const blind = submit({ id: 'c-3', expect: { [one]: '1.1.4' } })
  await clock.advance(5_000)
  expect(await blind).toMatchObject({ kind: 'accepted' })
})

test('gives the owner the last word on whether its session has changed', async () => {
  const { submit, versions, clock, answer } = consoleRig()
  versions.set(one, '1.1.4')
  const submitting = submit({ expect: { [one]: '1.1.4' } })
  await clock.advance(50)
  answer(one, 'refused', { version: '1.1.5' })
  await clock.advance(50)
  expect(await submitting).toMatchObject({ kind: 'conflict', changed: [{ sid: one, saw: '1.1.4', is: '1.1.5' }] })
})

test('resolves a filter once, when the command is taken', async () => {
  const { submitted, orders, clock, commands } = consoleRig()
  const resolve = () => ({ kind: 'sids' as const, sids: [one, three] })
  const answer = await submitted({ type: 'message', text: 'Hi', target: { filter: 'state:drifted' } }, resolve)
  await clock.advance(1_000)
  expect(answer).toMatchObject({ kind: 'accepted' })
  expect(orders().map(({ sid }) => sid)).toEqual([one, three])
  expect(commands.audit({ cursor: null, limit: 5 })?.items).toMatchObject([
    {
      who: 'Mara (#1)',
      action: 'Message',
      scope: '2 sessions matching state:drifted',
      reason: 'spam',
      commandId: 'c-1',
    },
  ])
  const none = consoleRig()
  const empty = () => ({ kind: 'sids' as const, sids: [] })
  expect(await none.submitted({ target: { filter: 'x' } }, empty)).toMatchObject({ kind: 'refused' })
  expect(none.batcher.sent).toEqual([])
})

test('is applied when every session has answered, and verified when its copies agree', async () => {
  const { submitted, answer, stateOf, clock, model, commands } = consoleRig()
  await submitted({ ...reconcile, target: { sids: [one, two] } })
  model.verification = { kind: 'differs', state: 'settling', fields: ['room'] }
  answer(one, 'done', { plan: [{ sid: one, field: 'room', to: 'redis', before: '#9', after: '#0' }] })
  expect(stateOf()).toBe('accepted')
  answer(two, 'gone')
  await clock.advance(100)
  expect(stateOf()).toBe('applied')
  model.verification = { kind: 'agrees' }
  await clock.advance(2_000)
  expect(commands.get('c-1')).toMatchObject({
    state: 'verified',
    results: [
      { sid: one, outcome: 'done' },
      { sid: two, outcome: 'gone' },
    ],
    plan: [{ field: 'room', before: '#9', after: '#0' }],
  })
  expect(model.verified.every((sids) => sids.join() === one)).toBe(true)
})

test('says what still differs when it could not be verified', async () => {
  const { submitted, answer, clock, model, commands } = consoleRig()
  await submitted(reconcile)
  model.verification = { kind: 'unknown', reason: 'Redis does not answer' }
  answer(one)
  await clock.advance(15_000)
  expect(commands.get('c-1')).toMatchObject({
    state: 'applied',
    detail: 'not verified: not read: Redis does not answer',
    results: [{ outcome: 'done', detail: 'done; still differs: not read: Redis does not answer' }],
  })
})

test.each<[string, Verification, string]>([
  ['verified when no copy has the session any more', { kind: 'gone' }, 'verified'],
  ['only applied while some copy still has it', { kind: 'agrees' }, 'applied'],
])('a disconnect is %s', async (_, verification, state) => {
  const { submitted, answer, clock, model, stateOf } = consoleRig()
  await submitted()
  model.verification = verification
  answer(one)
  await clock.advance(15_000)
  expect(stateOf()).toBe(state)
})

test.each<Partial<CommandRequest>>([
  { type: 'message', text: 'Hi' },
  { type: 'retry' },
  { type: 'recheck' },
  { type: 'drop' },
  { ...reconcile, dryRun: true },
])('ends applied where no copy could be compared: %o', async (request) => {
  const { submitted, answer, clock, model, stateOf } = consoleRig()
  await submitted(request)
  answer(one)
  await clock.advance(100)
  expect(stateOf()).toBe('applied')
  expect(model.verified).toEqual([])
})

test('has failed when every session refuses; one that has gone is no failure', async () => {
  const { submitted, answer, clock, stateOf } = consoleRig()
  await submitted({ ...reconcile, target: { sids: [one, two] } })
  answer(one, 'refused', { detail: 'Redis does not answer' })
  answer(two, 'refused')
  await submitted({ ...reconcile, id: 'c-2' })
  answer(one, 'gone', {}, 'c-2')
  await clock.advance(1_000)
  expect(stateOf()).toBe('failed')
  expect(stateOf('c-2')).toBe('verified')
})

test('has timed out after ten seconds without an answer, and goes on with one that comes late', async () => {
  const { submitted, answer, clock, commands, stateOf } = consoleRig()
  await submitted({ type: 'message', text: 'Hi' })
  await clock.advance(11_000)
  expect(commands.get('c-1')).toMatchObject({ state: 'timed-out', results: [{ sid: one, outcome: 'no-answer' }] })
  answer(one)
  await clock.advance(1_000)
  expect(commands.get('c-1')).toMatchObject({ state: 'applied', results: [{ sid: one, outcome: 'done' }] })
  await clock.advance(60_000)
  expect(stateOf()).toBe('applied')
})

test('is superseded where a later command has changed the session', async () => {
  const { submitted, answer, clock, model, stateOf } = consoleRig()
  model.verification = { kind: 'differs', state: 'drifted', fields: ['room'] }
  await submitted(reconcile)
  answer(one)
  await clock.advance(700)
  await submitted({ ...reconcile, id: 'c-2' })
  answer(one, 'done', {}, 'c-2')
  await clock.advance(5_000)
  expect(stateOf()).toBe('superseded')
})

test('writes each end down once, so that every console tells the same', async () => {
  const { submitted, answer, clock, batcher } = consoleRig()
  await submitted({ type: 'message', text: 'Hi' })
  await clock.advance(30_000)
  answer(one)
  await clock.advance(30_000)
  const concluded = batcher.sent
    .filter(({ topic }) => topic === 'holdfast.audit')
    .map(({ value }) => auditRecordSchema.parse(JSON.parse(value ?? 'null')))
    .flatMap((record) => (record.kind === 'concluded' ? [record.state] : []))
  expect(concluded).toEqual(['timed-out', 'applied'])
})

test('refuses what does not say what it must, and names no session', async () => {
  const { submit, batcher } = consoleRig()
  expect(await submit({ reason: undefined })).toMatchObject({ kind: 'refused' })
  expect(batcher.sent).toEqual([])
})

test('gives the audit in pages', async () => {
  const { submitted, commands, read } = consoleRig()
  for (const id of ['c-1', 'c-2', 'c-3']) await submitted({ id })
  read({ v: 1, id: 's-1', at: 7, from: 'server-1', kind: 'sign-in', who: null, outcome: 'refused' })
  const first = commands.audit({ cursor: null, limit: 2 })
  expect(first?.items.map(({ id }) => id)).toEqual(['s-1', 'c-3'])
  expect(first?.items[0]).toMatchObject({ who: 'a name that nobody has', action: 'Sign in', result: 'refused' })
  const second = commands.audit({ cursor: first?.next ?? null, limit: 2 })
  expect(second?.items.map(({ id }) => id)).toEqual(['c-2', 'c-1'])
  expect(second?.next).toBeNull()
  for (const cursor of ['x', '', '-5', ' 1', '1e3', '0.5']) expect(commands.audit({ cursor, limit: 2 })).toBeNull()
})

test('keeps in the audit who a session was when the command was taken', async () => {
  const { submitted, commands, names, read } = consoleRig()
  const ada = { sid: one, handle: 7, player: { dbref: '#5', name: 'Ada' } }
  names.set(one, ada)
  await submitted()
  names.set(one, { ...ada, player: { dbref: '#6', name: 'Eve' } })
  read({ v: 1, id: 'r-1', at: 7, from: 'server-1', kind: 'repair', sid: one, cause: 'ghost', what: 'x', target: ada })
  read({ v: 1, id: 'r-2', at: 7, from: 'server-1', kind: 'repair', sid: one, cause: 'ghost', what: 'x' })
  await submitted({ id: 'c-2', target: { sids: [two] } })
  const items = commands.audit({ cursor: null, limit: 9 })?.items
  // A record from before names were kept: whom the console knows under that sid now.
  expect(items?.map(({ target }) => target?.player?.name ?? null)).toEqual([null, 'Eve', 'Ada', 'Ada'])
  expect(commands.get('c-1')?.targets).toEqual([ada])
})
