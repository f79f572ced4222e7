import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

let world: ToyWorld
beforeAll(async () => {
  world = await startToyWorld()
}, 120_000)
afterAll(() => world.stop())
afterEach(() => world.endServers())

it('changes nothing but labels when the servers’ clocks are ten seconds apart (scenario 17)', async () => {
  const { gateway } = world
  const ahead = await world.server(undefined, 5_000)
  await ahead.ready()
  const sessions = Array.from({ length: 20 }, (_, i) => gateway.connect(1_700 + i))
  const [first, left] = sessions
  if (!first || !left) throw new Error('no sessions')
  ahead.release()
  for (const session of sessions) gateway.type(session, 1, 'bind Ann')
  for (const session of sessions) await gateway.hears(session, 'bound Ann stored')
  const closed = gateway.close(left)
  await gateway.settled()

  // To the one that is behind, what the other has stored and published lies in its future.
  const behind = await world.server(undefined, -5_000)
  await Promise.all([ahead.ready(32), behind.ready(32)])
  await ahead.kill()
  await behind.ready()
  for (const session of sessions) if (session !== left) gateway.type(session, 2, 'echo behind')
  for (const session of sessions) if (session !== left) await gateway.hears(session, 'behind')

  // And back, over everything again: the close, the start and the lines.
  const again = await world.server(undefined, 5_000)
  await Promise.all([behind.ready(32), again.ready(32)])
  await behind.kill()
  await again.ready()
  gateway.send(left.established)
  gateway.send(closed)
  gateway.type(left, 2, 'echo from the dead')
  for (const session of sessions) if (session !== left) gateway.type(session, 2, 'echo repeated')
  for (const session of sessions) if (session !== left) gateway.type(session, 3, 'echo again')
  for (const session of sessions) if (session !== left) await gateway.hears(session, 'again')
  for (const { sid, heard } of sessions) {
    if (sid === left.sid) continue
    expect(heard.filter((text) => text !== 'welcome')).toEqual(['bound Ann stored', 'behind', 'again'])
    await waitUntil(async () => (await world.stored(sid))?.inputSequence === 3, {
      timeoutMs: 10_000,
      what: 'it stored',
    })
    expect(await world.stored(sid)).toMatchObject({ player: 'Ann', loginState: 'loggedIn' })
  }
  expect(left.heard).not.toContain('from the dead')
  expect(await world.stored(left.sid)).toBeNull()
}, 120_000)
