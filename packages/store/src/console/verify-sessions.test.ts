import { beforeEach, expect, test } from 'vitest'
import { type ConsoleRig, consoleRig, SERVER, waiting } from '../testing/console-rig.ts'
import { sessionOf, sidOf } from '../testing/fixtures.ts'
import { type Verification, verifySessions } from './verify-sessions.ts'

const session = sessionOf(sidOf(1), { room: '#0' })
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(3_000)
})

async function verified(meanwhile: (passed: number) => void = () => undefined): Promise<[Verification, number]> {
  const startedAt = rig.clock.monotonic()
  let found: Verification | undefined
  const verifying = verifySessions({
    model: rig.model,
    clock: rig.clock,
    sids: [sid, sid],
    deadlineMs: 10_000,
    signal: new AbortController().signal,
  }).then((all) => {
    found = all.get(sid)
  })
  while (!found && rig.clock.monotonic() - startedAt < 15_000) {
    meanwhile(rig.clock.monotonic() - startedAt)
    await rig.pass(100)
  }
  await verifying
  if (!found) throw new Error('not told')
  return [found, rig.clock.monotonic() - startedAt]
}

test('agrees once every copy was read after the call, which takes a beat', async () => {
  const [found, tookMs] = await verified()
  expect(found).toEqual({ kind: 'agrees' })
  expect(tookMs).toBeLessThanOrEqual(2_000)
})

test('waits for what is on its way', async () => {
  rig.putServer({ ...session, room: '#9', serverRevision: 2 }, { pending: waiting() })
  const [found] = await verified((passed) => {
    if (passed === 4_000) rig.put({ ...session, room: '#9', serverRevision: 2 })
  })
  expect(found).toEqual({ kind: 'agrees' })
})

test('does not agree because the old values did: a hand edit since is seen', async () => {
  rig.putRedis(session, { room: '#66' })
  const [found] = await verified()
  expect(found).toMatchObject({ kind: 'differs', fields: ['room'] })
})

test('does not call a memory wrong by a copy from before: it may be published within a second', async () => {
  rig.putRedis(session, { room: '#66' })
  await rig.pass(12_000)
  const [found] = await verified((passed) => {
    if (passed === 900) rig.putServer({ ...session, room: '#66', serverRevision: 2 })
    if (passed === 900) rig.putRedis({ ...session, room: '#66', serverRevision: 2 })
  })
  expect(found).toEqual({ kind: 'agrees' })
})

test('is unknown, with the reason, where a process does not answer', async () => {
  rig.processes.delete(SERVER)
  const [found, tookMs] = await verified()
  expect(found).toEqual({ kind: 'unknown', reason: expect.stringContaining(`${SERVER} silent`) })
  expect(tookMs).toBeGreaterThanOrEqual(10_000)
})

test('tells that a session is gone', async () => {
  rig.end(session)
  expect((await verified())[0]).toEqual({ kind: 'gone' })
})
