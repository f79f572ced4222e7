import { type CommandRequest, commandSchema, createSid, type Problem, problemSchema } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { commandOf, createApiRig } from '../testing/api-rig.ts'

const sidOf = (n: number) => createSid(`01M85DCAED0NH65TJJHB${String(n).padStart(6, '0')}`)
const sid = sidOf(1)
const message: CommandRequest = { id: 'c1', type: 'message', target: { sids: [sid] }, reason: 'r', text: 't' }
const problemOf = async (response: Response): Promise<Problem> => problemSchema.parse(await response.json())

async function setUp() {
  const rig = createApiRig()
  const cookie = await rig.signIn()
  const submit = (body: unknown) => rig.ask('submitCommand', { method: 'POST', body, headers: { cookie } })
  return { ...rig, submit }
}

test('answers each outcome by its status', async () => {
  const { submit, answers } = await setUp()
  const accepted = await submit(message)
  expect([accepted.status, accepted.headers.get('location')]).toEqual([202, '/api/commands/c1'])
  expect(commandSchema.parse(await accepted.json())).toMatchObject({ id: 'c1', state: 'sent' })
  answers.submit = (request) => ({ kind: 'known', command: commandOf(request) })
  expect((await submit(message)).status).toBe(200)
  answers.submit = () => ({ kind: 'conflict', problem: 'another', changed: [] })
  expect(await problemOf(await submit(message))).toMatchObject({ status: 409, code: 'id-taken' })
  const changed = [{ sid, saw: '1.1.1', is: '1.1.2' }]
  answers.submit = () => ({ kind: 'conflict', problem: 'it has changed', changed })
  expect(await problemOf(await submit(message))).toMatchObject({ status: 409, code: 'changed', changed })
  answers.submit = () => ({ kind: 'refused', problem: 'say why' })
  expect(await problemOf(await submit(message))).toMatchObject({ status: 422, detail: 'say why' })
  answers.submit = () => ({ kind: 'busy', problem: 'one is under way' })
  const busy = await submit(message)
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '5'])
  answers.submit = () => ({ kind: 'unavailable', part: 'kafka', problem: 'nothing was done' })
  expect(await problemOf(await submit(message))).toMatchObject({ status: 503, part: 'kafka' })
})

test('hands on nothing that is no command', async () => {
  const { submit, submitted } = await setUp()
  for (const body of [
    {},
    { ...message, extra: 1 },
    { ...message, type: 'explode' },
    { ...message, target: { sids: ['nobody'] } },
    { ...message, target: { sids: [] } },
    { ...message, text: 'x'.repeat(2_001) },
    { ...message, reason: 'x'.repeat(3_000_000) },
  ]) {
    expect(await problemOf(await submit(body))).toMatchObject({ status: 400, code: 'malformed' })
  }
  expect(submitted).toEqual([])
})

test('says what a body has to be where it is no JSON', async () => {
  const { submit } = await setUp()
  const tooLong = { ...message, reason: 'x'.repeat(3_000_000) }
  expect((await problemOf(await submit(tooLong))).detail).toContain('as JSON')
})

test('lets a wizard send sixty messages a minute; what was sent before costs nothing', async () => {
  const { submit, submitted, answers } = await setUp()
  for (let count = 0; count < 60; count += 1) {
    expect((await submit({ ...message, id: `m${count}` })).status).toBe(202)
  }
  const limited = await submit({ ...message, id: 'm60' })
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '60'])
  answers.known = commandOf(message)
  expect((await submit(message)).status).toBe(202)
  answers.known = null
  expect((await submit({ ...message, id: 'd', type: 'disconnect' })).status).toBe(202)
  expect(submitted).toHaveLength(62)
})

test('lets a wizard command many sessions twice a minute, by name or by filter', async () => {
  const { submit, answers, clock } = await setUp()
  const sids = Array.from({ length: 50 }, (_, n) => sidOf(n))
  answers.resolved = sids
  const many = { id: 'a', type: 'recheck', target: { sids } }
  expect((await submit(many)).status).toBe(202)
  expect((await submit({ ...many, id: 'b', target: { filter: 'state:drifted' } })).status).toBe(202)
  expect((await submit({ ...many, id: 'c' })).status).toBe(429)
  expect((await submit({ ...many, id: 'd', target: { sids: sids.slice(1) } })).status).toBe(202)
  await clock.advance(60_000)
  expect((await submit({ ...many, id: 'e' })).status).toBe(202)
})

test('counts only what is taken: a refused command uses up nothing', async () => {
  const { submit, answers } = await setUp()
  const many = { type: 'recheck', target: { sids: Array.from({ length: 50 }, (_, n) => sidOf(n)) } }
  answers.submit = () => ({ kind: 'busy', problem: 'one is under way' })
  for (let count = 0; count < 4; count += 1) {
    expect(await problemOf(await submit({ ...many, id: `busy${count}` }))).toMatchObject({ detail: 'one is under way' })
  }
  answers.submit = () => ({ kind: 'refused', problem: 'say why' })
  for (let count = 0; count < 61; count += 1) {
    expect((await submit({ ...message, id: `refused${count}` })).status).toBe(422)
  }
  answers.submit = () => {
    throw new Error('a fault')
  }
  for (let count = 0; count < 3; count += 1) expect((await submit({ ...many, id: `fault${count}` })).status).toBe(500)
  answers.submit = (request) => ({ kind: 'accepted', command: commandOf(request) })
  for (const [id, status] of [
    ['a', 202],
    ['b', 202],
    ['c', 429],
  ] as const) {
    expect((await submit({ ...many, id })).status).toBe(status)
  }
})

test('answers a fault with the id under which the log has it, and with nothing of what was asked', async () => {
  const { ask, signIn, answers, log } = createApiRig()
  const cookie = await signIn()
  answers.health = new Error('the password was hunter2')
  const response = await ask('health', { headers: { cookie } })
  const problem = await problemOf(response)
  expect(problem).toMatchObject({ status: 500, code: 'failed' })
  expect(response.headers.get('x-request-id')).toBe(problem.requestId)
  expect(log.join('')).toContain(problem.requestId)
  expect(JSON.stringify(problem) + log.join('')).not.toContain('hunter2')
})
