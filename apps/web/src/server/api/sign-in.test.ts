import { type Problem, problemSchema } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { createApiRig, wizardAnswer } from '../testing/api-rig.ts'

const given = { name: 'Corwin', password: 'saltstair' }
const problemOf = async (response: Response): Promise<Problem> => problemSchema.parse(await response.json())

test('answers a wizard with who it is, and until when', async () => {
  const { ask, clock } = createApiRig()
  const response = await ask('signIn', { method: 'POST', body: given })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    name: 'Corwin',
    dbref: '#1',
    role: 'wizard',
    expiresAt: new Date(clock.now() + 12 * 3_600_000).toISOString(),
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('ends the session that the browser had before; its tabs are signed out where it was another wizard', async () => {
  const { ask, answers, sessions, signIn } = createApiRig()
  const reasons: string[] = []
  sessions.onEnded((_, reason) => reasons.push(reason))
  const first = await signIn()
  const again = await ask('signIn', { method: 'POST', body: given, headers: { cookie: first } })
  expect((await ask('ownSession', { headers: { cookie: first } })).status).toBe(401)
  const second = again.headers.getSetCookie()[0]?.split(';')[0]
  answers.signIn = () => ({ ...wizardAnswer, kind: 'wizard', dbref: '#2', name: 'Mara', credentialEpoch: 'm1' })
  await ask('signIn', { method: 'POST', body: given, headers: { cookie: second } })
  expect((await ask('ownSession', { headers: { cookie: second } })).status).toBe(401)
  expect(reasons).toEqual(['replaced', 'signed-out'])
})

test('tells refused from unavailable, and neither from anything else', async () => {
  const { ask, answers } = createApiRig()
  answers.signIn = () => ({ kind: 'refused' })
  const refused = await ask('signIn', { method: 'POST', body: given })
  expect(refused.headers.getSetCookie()).toEqual([])
  expect(await problemOf(refused)).toMatchObject({ status: 401, code: 'signed-out' })
  answers.signIn = () => ({ kind: 'unavailable' })
  const unavailable = await ask('signIn', { method: 'POST', body: given })
  expect(await problemOf(unavailable)).toMatchObject({ status: 503, part: 'server' })
  const closed = await createApiRig({ isOpen: false }).ask('signIn', { method: 'POST', body: given })
  expect(await problemOf(closed)).toMatchObject({ status: 503 })
})

test('answers a form by a redirection that says what went wrong, and nothing of what was typed', async () => {
  const { ask, answers } = createApiRig()
  const submit = (fields: Record<string, string>) =>
    ask('signIn', { method: 'POST', body: new URLSearchParams(fields) })
  const accepted = await submit(given)
  expect([accepted.status, accepted.headers.get('location')]).toEqual([303, '/'])
  expect(accepted.headers.getSetCookie()).toHaveLength(1)
  answers.signIn = () => ({ kind: 'refused' })
  const refused = await submit(given)
  expect([refused.status, refused.headers.get('location')]).toEqual([303, '/login?error=refused'])
  expect((await submit({ name: 'Corwin' })).headers.get('location')).toBe('/login?error=malformed')
  for (let count = 0; count < 4; count += 1) await submit(given)
  expect((await submit(given)).headers.get('location')).toBe('/login?error=limited&after=60')
})

test('leads a form to where its wizard was going, and nowhere else', async () => {
  const { ask, answers } = createApiRig()
  const submit = async (next: string) => {
    const body = new URLSearchParams({ ...given, next })
    return (await ask('signIn', { method: 'POST', body })).headers.get('location')
  }
  expect(await submit('/sessions?filter=a')).toBe('/sessions?filter=a')
  expect(await submit('//elsewhere.example/')).toBe('/')
  answers.signIn = () => ({ kind: 'refused' })
  expect(await submit('/sessions?filter=a')).toBe('/login?next=%2Fsessions%3Ffilter%3Da&error=refused')
  expect(await submit('https://elsewhere.example/')).toBe('/login?error=refused')
})

test('lets a name fail five times in a minute, whoever tries, and a success clears it', async () => {
  const { ask, answers } = createApiRig()
  const guess = (peer: string, name = 'Corwin') =>
    ask('signIn', { method: 'POST', body: { name, password: 'x' }, arrival: { peer } })
  answers.signIn = () => ({ kind: 'refused' })
  for (let count = 0; count < 4; count += 1) expect((await guess(`10.0.0.${count}`)).status).toBe(401)
  answers.signIn = createApiRig().answers.signIn
  expect((await guess('10.0.0.9')).status).toBe(200)
  answers.signIn = () => ({ kind: 'refused' })
  for (let count = 0; count < 5; count += 1) expect((await guess(`10.0.1.${count}`, ' CORWIN')).status).toBe(401)
  const limited = await guess('10.0.2.1')
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '60'])
  expect((await guess('10.0.2.1', 'Another')).status).toBe(401)
})

test('lets an address fail ten times in ten minutes, whatever names it tries', async () => {
  const { ask, answers, clock } = createApiRig()
  answers.signIn = () => ({ kind: 'refused' })
  const guess = (name: string) => ask('signIn', { method: 'POST', body: { name, password: 'x' } })
  for (let count = 0; count < 10; count += 1) expect((await guess(`name${count}`)).status).toBe(401)
  expect((await guess('another')).status).toBe(429)
  await clock.advance(600_000)
  expect((await guess('another')).status).toBe(401)
})

test('does not count what no server could answer', async () => {
  const { ask, answers } = createApiRig()
  answers.signIn = () => ({ kind: 'unavailable' })
  for (let count = 0; count < 20; count += 1) {
    expect((await ask('signIn', { method: 'POST', body: given })).status).toBe(503)
  }
})

test('asks nobody about what is no name and password', async () => {
  const { ask, answers } = createApiRig()
  let asked = 0
  answers.signIn = () => {
    asked += 1
    return { kind: 'refused' }
  }
  for (const body of [
    {},
    [],
    'x',
    { name: 'x'.repeat(201), password: 'x' },
    { name: 'x', password: 'x'.repeat(9_000) },
  ]) {
    expect((await ask('signIn', { method: 'POST', body })).status).toBe(400)
  }
  const text = await ask('signIn', { method: 'POST', body: given, headers: { 'content-type': 'text/plain' } })
  expect([text.status, asked]).toEqual([400, 0])
})
