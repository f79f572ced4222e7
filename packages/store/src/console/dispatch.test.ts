import { expect, test } from 'vitest'
import { consoleRig } from '../testing/commands-rig.ts'
import { sidOf } from '../testing/fixtures.ts'

const many = Array.from({ length: 120 }, (_, number) => sidOf(100 + number))
const mass = { target: { sids: many } }

test('paces a command that ends many sessions, and sends one that ends none at once', async () => {
  const { submitted, orders, clock } = consoleRig()
  await submitted(mass)
  expect(orders()).toHaveLength(5)
  await clock.advance(1_000)
  expect(orders()).toHaveLength(55)
  await clock.advance(2_000)
  expect(orders()).toHaveLength(120)
  const message = consoleRig()
  await message.submitted({ ...mass, type: 'message', text: 'Hi' })
  expect(message.orders()).toHaveLength(120)
})

test('takes one command of many sessions at a time', async () => {
  const { submitted, clock } = consoleRig()
  await submitted(mass)
  expect(await submitted({ ...mass, id: 'c-2' })).toMatchObject({ kind: 'busy' })
  expect(await submitted({ id: 'c-3' })).toMatchObject({ kind: 'accepted' })
  await clock.advance(3_000)
  expect(await submitted({ ...mass, id: 'c-4' })).toMatchObject({ kind: 'accepted' })
})

test('stops when five in a row are refused, and says whom it left out', async () => {
  const { submitted, orders, answer, clock, commands } = consoleRig()
  await submitted({ ...mass, type: 'reconcile', truth: 'owner' })
  for (const sid of many.slice(0, 5)) answer(sid, 'refused', { detail: 'Redis does not answer' })
  await clock.advance(5_000)
  expect(orders()).toHaveLength(5)
  const command = commands.get('c-1')
  expect(command?.state).toBe('failed')
  expect(command?.detail).toBe('stopped: 5 in a row were refused')
  expect(command?.results.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(115)
})

test('stops when a tenth is refused', async () => {
  const { submitted, orders, answer, clock } = consoleRig()
  await submitted({ ...mass, type: 'reconcile', truth: 'owner' })
  for (let second = 0; second < 3; second++) {
    await clock.advance(500)
    for (const [at, { sid }] of orders().entries()) answer(sid, at % 5 === 4 ? 'refused' : 'done')
  }
  const stoppedAt = orders().length
  expect(stoppedAt).toBeLessThan(120)
  await clock.advance(5_000)
  expect(orders()).toHaveLength(stoppedAt)
})

test('stops while Kafka takes nothing, and leaves nothing to be done when it is back', async () => {
  const { submitted, orders, batcher, clock, comeBack } = consoleRig()
  await submitted(mass)
  Object.assign(batcher, { oldestMs: 4_000 })
  await clock.advance(5_000)
  const sent = orders().length
  expect(sent).toBe(5)
  Object.assign(batcher, { oldestMs: 0 })
  comeBack()
  await clock.advance(5_000)
  expect(orders()).toHaveLength(sent)
})

test('stops when a wizard says so, at whichever console: what is done stays, the rest is cancelled, and the audit says by whom', async () => {
  const { submitted, orders, answer, clock, commands, audit } = consoleRig()
  await submitted({ ...mass, type: 'reconcile', truth: 'owner' })
  await clock.advance(500)
  for (const { sid } of orders()) answer(sid)
  const stopping = commands.stop('c-1', { name: 'Eve', dbref: '#7' })
  await clock.advance(50)
  expect(await stopping).toMatchObject({ kind: 'accepted', command: { stop: { by: 'Eve' } } })
  await clock.advance(5_000)
  const sent = orders().length
  expect(sent).toBeLessThan(60)
  const command = commands.get('c-1')
  expect(command).toMatchObject({
    state: 'applied',
    detail: 'stopped by Eve (#7)',
    progress: { total: 120, ended: 120 },
  })
  const outcomes = Map.groupBy(command?.results ?? [], ({ outcome }) => outcome)
  expect([outcomes.get('done')?.length, outcomes.get('skipped')?.length]).toEqual([sent, 120 - sent])
  expect(outcomes.get('skipped')?.[0]?.detail).toBe('cancelled: stopped by Eve (#7)')
  expect(audit.command('c-1')?.stop).toMatchObject({ by: { name: 'Eve' } })
  expect(await commands.stop('c-1', { name: 'Mara', dbref: '#1' })).toMatchObject({ kind: 'known' })
})

test('stops nothing that is over, that goes to all at once, or that nobody knows', async () => {
  const { submitted, answer, clock, commands, kafka } = consoleRig()
  const by = { name: 'Eve', dbref: '#7' }
  await submitted()
  answer(sidOf(1))
  await clock.advance(20_000)
  expect(await commands.stop('c-1', by)).toMatchObject({ kind: 'refused', problem: 'it is over' })
  await submitted({ ...mass, id: 'c-2', type: 'message', text: 'Hi' })
  expect(await commands.stop('c-2', by)).toMatchObject({ kind: 'refused' })
  expect(await commands.stop('c-9', by)).toEqual({ kind: 'unknown' })
  await submitted({ ...mass, id: 'c-3' })
  kafka.silentMs = 5_000
  expect(await commands.stop('c-3', by)).toMatchObject({ kind: 'unavailable' })
})
