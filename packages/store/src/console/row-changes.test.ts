import { beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleRig, consoleRig } from '../testing/console-rig.ts'
import { sessionOf, sidOf } from '../testing/fixtures.ts'
import { PATCH_MS, type RowPatch } from './row-changes.ts'

const session = sessionOf(sidOf(1), { handle: 7 })
const other = sessionOf(sidOf(2), { handle: 8 })

let rig: ConsoleRig
let patches: RowPatch[]
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(2_000)
  patches = []
})

describe('a listener', () => {
  test('is told of changed rows together, at most each 250 ms, the last state of each', async () => {
    rig.model.changes.subscribe((patch) => patches.push(patch))
    for (let n = 2; n < 22; n++) {
      rig.putServer({ ...session, room: `#${n}`, serverRevision: n })
      await rig.pass(100)
    }
    expect(patches.length).toBeLessThanOrEqual(2_000 / PATCH_MS + 1)
    const last = patches.at(-1)
    expect(last).toMatchObject({ up: [], turns: [{ sid: session.sid }], rm: [] })
    // Each goes on from the one before, so that a reader knows whether it has missed one.
    const turns = patches.flatMap((patch) => patch.turns)
    for (const [at, turn] of turns.entries()) if (at > 0) expect(turn.was).toBe(turns[at - 1]?.version)
  })

  test('is told a whole row where who it is or where they are has changed', async () => {
    rig.model.changes.subscribe((patch) => patches.push(patch))
    rig.put({ ...session, host: 'elsewhere.example', gatewayRevision: session.gatewayRevision + 1 })
    await rig.pass(500)
    expect(patches.flatMap(({ up }) => up)).toMatchObject([{ handle: 7, host: 'elsewhere.example' }])
  })

  test('can join what it was told to what it asked: revisions follow on each other', async () => {
    const asked = rig.answers.sessions({})
    rig.model.changes.subscribe((patch) => patches.push(patch))
    rig.put(other)
    await rig.pass(500)
    rig.put({ ...session, room: '#9', serverRevision: 2 })
    await rig.pass(1_000)
    if (!asked.ok) throw new Error(asked.problem)
    expect(patches[0]?.from).toBeGreaterThanOrEqual(asked.value.rev)
    for (const [at, { from, to }] of patches.entries()) {
      expect(to).toBeGreaterThan(from)
      if (at > 0) expect(from).toBe(patches[at - 1]?.to)
    }
    const now = rig.answers.sessions({})
    expect(now.ok && now.value.rev).toBeGreaterThanOrEqual(patches.at(-1)?.to ?? 0)
  })

  test('hears of a session that left the list, and of nothing while nothing changes', async () => {
    rig.model.changes.subscribe((patch) => patches.push(patch))
    await rig.pass(5_000)
    expect(patches).toEqual([])
    rig.end(session)
    await rig.pass(1_000)
    expect(patches.at(-1)?.up).toMatchObject([{ status: 'closed' }])
    await rig.pass(10_000)
    expect(patches.at(-1)).toMatchObject({ up: [], rm: [session.sid] })
  })

  test('that ends hears no more; one that fails is let go, and the others go on', async () => {
    const off = rig.model.changes.subscribe((patch) => patches.push(patch))
    off()
    rig.put(other)
    await rig.pass(500)
    expect(patches).toEqual([])
    expect(rig.model.changes.listeners).toBe(0)
  })
})
