import { beforeEach, expect, test } from 'vitest'
import { GRACE_MS } from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER } from '../testing/console-rig.ts'
import { sessionOf, sidOf } from '../testing/fixtures.ts'

const session = sessionOf(sidOf(1), { room: '#0', width: 80 })
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(1_000)
})
const state = (): string => rig.answers.session(sid)?.session.state ?? 'gone'
const statesOver = async (ms: number): Promise<Set<string>> => {
  const seen = new Set<string>()
  for (let passed = 0; passed < ms; passed += 100) {
    await rig.pass(100)
    seen.add(state())
  }
  return seen
}

test('a difference that begins as its process falls silent never stands: nothing was heard of it since', async () => {
  rig.putServer({ ...session, room: '#9', serverRevision: 2 }) // and its flush comes through below
  await rig.pass(100)
  rig.processes.delete(SERVER)
  const seen = await statesOver(15_000)
  expect(seen).toEqual(new Set(['settling', 'unknown']))
})

test('a difference between memories stands only as far as both were heard of again', async () => {
  rig.putServer({ ...session, width: 81 })
  await rig.pass(100)
  rig.processes.delete(GATEWAY)
  expect(await statesOver(15_000)).not.toContain('drifted')
})

test('a console that reads a write late, and Redis from before it, waits until Redis was read after it', async () => {
  await rig.pass(3_000)
  // Redis was read just before; the write reaches it only now, and its next reading is seconds away.
  rig.putServer({ ...session, room: '#9' })
  expect(await statesOver(GRACE_MS - 200)).not.toContain('drifted')
  rig.putRedis({ ...session, room: '#9' })
  expect(await statesOver(6_000)).not.toContain('drifted')
  expect(state()).toBe('in-sync')
})

test('a difference counts from the look that saw it first', async () => {
  rig.putRedis(session, { room: '#66' })
  await rig.pass(12_000)
  const detail = rig.answers.session(sid)
  const field = detail?.fields.find(({ name }) => name === 'room')
  const now = rig.clock.now()
  expect(field?.state).toBe('drifted')
  expect(now - Date.parse(field?.since ?? '')).toBeGreaterThanOrEqual(GRACE_MS)
  expect(now - Date.parse(field?.since ?? '')).toBeLessThanOrEqual(12_000)
})
