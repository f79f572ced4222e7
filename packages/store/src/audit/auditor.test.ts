import { describe, expect, test } from 'vitest'
import { auditWorld, GATEWAY, PARTITION } from '../testing/audit-rig.ts'
import { AT, sessionOf } from '../testing/fixtures.ts'
import { quietLife } from '../testing/quiet-life.ts'
import { REPAIRS_MAX } from './repair-policy.ts'

/** Every fault is to be seen within 15 s; the design aims at 12. */
const SEEN_MS = 12_500

/** A world in which everything has been looked at once. */
async function quiet(count?: number) {
  const made = auditWorld(count)
  const [sid] = made.sids
  if (!sid) throw new Error('no sessions')
  await made.clock.advance(10_100)
  expect(made.shown()).toEqual([])
  return { ...made, sid }
}

describe('what is found', () => {
  test('says nothing of copies that agree, whatever is typed', async () => {
    const { clock, world, sid, shown, audit } = await quiet()
    for (let line = 1; line < 100; line++) {
      world.owned?.sessions.update(sid, { inputSequence: line, commandCount: line, lastConnectionSignal: AT + line })
      await clock.advance(330)
    }
    expect(shown()).toEqual([])
    expect(audit.coverage()).toMatchObject({ checked: 2, total: 2 })
    expect(audit.coverage().oldestMs).toBeLessThan(9_000)
  })

  test('a field changed by hand is shown once, with both values, and left alone', async () => {
    const { clock, sid, edit, findings, hashes, repairs, healed, shown, memory } = await quiet()
    edit(sid, { room: '#666' })
    await clock.advance(SEEN_MS)
    expect(findings()).toMatchObject([
      { sid, handle: 1, state: 'drifted', cause: 'content', policy: 'show', missingIn: [] },
    ])
    expect(findings()[0]?.fields).toEqual([
      { name: 'room', owner: 'server', state: 'drifted', values: { server: '', redis: '#666' } },
    ])
    await clock.advance(60_000)
    expect([findings().length, healed().length, repairs().length]).toEqual([1, 0, 0])
    expect(hashes.get(sid)?.room).toBe('#666')
    expect(memory(sid).room).toBeNull()
    edit(sid, { room: '#667' })
    await clock.advance(5_000)
    expect(shown().map(({ id }) => id)).toEqual(Array(2).fill(`f:${sid}:${findings()[0]?.since}`))
    edit(sid, { room: '' })
    await clock.advance(2_000)
    expect(healed()).toMatchObject([{ id: `h:${sid}:${findings()[0]?.since}`, detail: { how: 'itself' } }])
  })

  test('a field changed by hand is found though its player types on without a pause', async () => {
    const { clock, world, sid, edit, findings } = await quiet()
    edit(sid, { room: '#666' })
    for (let line = 1; line <= SEEN_MS / 100; line++) {
      world.owned?.sessions.update(sid, { commandCount: line })
      await clock.advance(100)
    }
    expect(findings()).toMatchObject([{ sid, cause: 'content', fields: [{ name: 'room' }] }])
  })

  test('memory altered without a word is shown beside the others, and published as it is', async () => {
    const { clock, sid, memory, findings, batcher, orders } = await quiet()
    Object.assign(memory(sid), { commandCount: 99 })
    await clock.advance(SEEN_MS)
    expect(findings()[0]?.fields[0]).toMatchObject({ name: 'commandCount', values: { server: '99', redis: '0' } })
    const copies = batcher.sent.filter(({ key }) => key === `${sid}/server`)
    expect(copies.some(({ value }) => value?.includes('"commandCount":99'))).toBe(true)
    expect(orders('publish')).toBeGreaterThan(0)
  })

  test('a gateway that has no copy of a connected session is missing, and asked to publish it', async () => {
    const { clock, sid, publish, findings, orders, healed, replica, audit } = await quiet()
    const copy = structuredClone(replica.connectionOf(sid))
    publish(sid, null)
    await clock.advance(SEEN_MS)
    expect(findings()).toMatchObject([{ sid, state: 'missing', cause: 'missing', missingIn: ['gateway'] }])
    expect(orders('publish')).toBeGreaterThan(0)
    publish(sid, copy ?? null)
    expect(await audit.recheck(sid)).toMatchObject({ kind: 'looked', verdict: { state: 'in-sync' } })
    expect(healed()).toMatchObject([{ detail: { how: 'repair' } }])
  })
})

describe('what is repaired', () => {
  test('a session that Redis lost, or that its index does not name, is written again', async () => {
    const { clock, sids, hashes, index, findings, healed, repairs } = await quiet()
    const [first, second] = sids
    const before = structuredClone([hashes, index])
    if (first) hashes.delete(first)
    if (second) index.delete(second)
    await clock.advance(SEEN_MS)
    expect(findings().map(({ sid, missingIn }) => [sid, missingIn])).toEqual(
      expect.arrayContaining(sids.map((sid) => [sid, ['redis']])),
    )
    await clock.advance(2_000)
    expect(healed().map(({ detail }) => detail.how)).toEqual(['repair', 'repair'])
    expect([hashes, index]).toEqual(before)
    expect(repairs().map(({ cause }) => cause)).toEqual(['missing', 'missing'])
  })

  test('a session rolled back in Redis gets the fields of both sides again, and memory keeps its own (A3)', async () => {
    const { clock, sid, edit, index, hashes, findings, healed, memory, world } = await quiet()
    const old = structuredClone(hashes.get(sid))
    world.owned?.sessions.update(sid, { room: '#7', commandCount: 5 })
    await clock.advance(1_000)
    if (old) hashes.set(sid, { ...old, gatewayRevision: '0' })
    edit(sid, { width: '20' })
    index.set(sid, '1.0.4')
    await clock.advance(SEEN_MS)
    expect(findings()[0]).toMatchObject({ state: 'drifted', cause: 'rolled-back', policy: 'repair' })
    await clock.advance(3_000)
    expect(healed()).toMatchObject([{ detail: { how: 'repair', cause: 'rolled-back' } }])
    expect(memory(sid)).toMatchObject({ room: '#7', commandCount: 5, width: null, serverRevision: 5 })
    expect(hashes.get(sid)).toMatchObject({ room: '#7', commandCount: '5', gatewayRevision: '2' })
    expect(hashes.get(sid)?.width).toBeUndefined()
  })

  test('the gateway fields of a detached session are written by its owner: no gateway holds it', async () => {
    const { clock, sid, world, publish, edit, hashes, healed, orders, index } = await quiet()
    const fields = { status: 'detached', detachedUntil: AT + 120_000, closeReason: 'lost', gatewayRevision: 2 } as const
    world.owned?.sessions.merge(sid, fields)
    publish(sid, null)
    edit(sid, { status: 'detached', detachedUntil: String(AT + 120_000), closeReason: 'lost', gatewayRevision: '2' })
    index.set(sid, '1.2.4')
    await clock.advance(10_000)
    edit(sid, { status: 'connected', gatewayRevision: '1' })
    index.set(sid, '1.1.4')
    await clock.advance(SEEN_MS + 3_000)
    expect(healed()).toMatchObject([{ detail: { how: 'repair', cause: 'rolled-back' } }])
    expect(hashes.get(sid)).toMatchObject({ status: 'detached', gatewayRevision: '2' })
    expect(orders('refresh')).toBe(0)
  })

  test('a session that is lost again after three repairs is fought over: shown, and left', async () => {
    const { clock, sid, hashes, findings, repairs } = await quiet()
    for (let lost = 0; lost <= REPAIRS_MAX; lost++) {
      hashes.delete(sid)
      await clock.advance(15_000)
    }
    expect(repairs()).toHaveLength(REPAIRS_MAX)
    expect(findings().map(({ policy }) => policy)).toEqual(['repair', 'repair', 'repair', 'fighting'])
    expect(hashes.has(sid)).toBe(false)
    await clock.advance(300_000)
    expect(hashes.has(sid)).toBe(true)
  })
})

describe('a ghost', () => {
  const copyOf = (made: Awaited<ReturnType<typeof quiet>>): void => {
    made.hashes.set(made.stranger, { ...made.hashes.get(made.sid) })
  }

  test('that no gateway holds is deleted, with a tombstone', async () => {
    const made = await quiet()
    const { clock, stranger, findings, healed, hashes, dead, world, sid } = made
    copyOf(made)
    await clock.advance(SEEN_MS)
    expect(findings()).toMatchObject([{ sid: stranger, state: 'ghost', cause: 'ghost', policy: 'repair' }])
    await clock.advance(2_000)
    expect(healed()).toMatchObject([{ sid: stranger, detail: { how: 'repair' } }])
    expect([hashes.has(stranger), dead.has(stranger), world.owned?.dead.has(stranger)]).toEqual([false, true, true])
    expect(hashes.has(sid)).toBe(true)
  })

  test('may be no more than an entry of the index', async () => {
    const { clock, stranger, index, findings, dead } = await quiet()
    index.set(stranger, '1.1.4')
    await clock.advance(SEEN_MS + 2_000)
    expect(findings()).toMatchObject([{ sid: stranger, cause: 'ghost', fields: [{ name: 'versions' }] }])
    expect([index.has(stranger), dead.has(stranger)]).toEqual([false, true])
  })

  test('is none while its gateway may still tell of it', async () => {
    const made = await quiet()
    const { clock, stranger, world, board, shown, hashes, audit, index } = made
    copyOf(made)
    made.sids.push(stranger) // its gateway holds it: the event is on its way
    await clock.advance(60_000)
    expect([shown(), hashes.has(stranger)]).toEqual([[], true])
    expect(board.sent.some((record) => record.kind === 'ask' && record.gateway === GATEWAY)).toBe(true)
    world.owned?.sessions.put(sessionOf(stranger, { serverRevision: 4 }), false)
    await clock.advance(2_000)
    expect(index.get(stranger)).toBe('1.1.4')
    expect(audit.coverage().total).toBe(3)
  })

  test('of a gateway that is gone by both witnesses needs no answer', async () => {
    const made = await quiet()
    const { clock, stranger, world, findings } = made
    copyOf(made)
    world.gatewayAnswers = false
    await clock.advance(20_000)
    expect(findings().filter(({ cause }) => cause === 'ghost')).toMatchObject([{ sid: stranger }])
  })
})

describe('nothing is said', () => {
  const damaged = async () => {
    const made = await quiet()
    made.edit(made.sid, { room: '#666' })
    return made
  }

  test('while the partition is not ready, and it is said soon after', async () => {
    const { clock, world, shown, audit } = await damaged()
    if (world.owned) world.owned.ready = false
    await clock.advance(60_000)
    expect(shown()).toEqual([])
    expect(audit.coverage().oldestMs).toBeGreaterThan(60_000)
    if (world.owned) world.owned.ready = true
    await clock.advance(SEEN_MS)
    expect(shown()).toHaveLength(1)
  })

  test('while flushes are held back', async () => {
    const { clock, world, shown } = await damaged()
    world.breaker.state = 'open'
    await clock.advance(60_000)
    expect(shown()).toEqual([])
  })

  test('while the partition is behind the log', async () => {
    const { clock, world, shown } = await damaged()
    world.isBehindLog = true
    await clock.advance(60_000)
    expect(shown()).toEqual([])
  })

  test('while another owner has acquired the partition, and this one does not know it yet', async () => {
    const { clock, world, shown } = await damaged()
    world.storedEpoch = 8
    await clock.advance(60_000)
    expect(shown()).toEqual([])
  })

  test('while Redis does not answer: a failed read is no missing copy', async () => {
    const { clock, world, shown, audit, sid } = await quiet()
    world.redisIsAway = true
    await clock.advance(60_000)
    expect(shown()).toEqual([])
    expect(await audit.recheck(sid)).toEqual({ kind: 'doubt', why: 'Redis does not answer' })
  })

  test('while a write that would change it waits', async () => {
    const { clock, world, shown, sid } = await damaged()
    world.flushes = false
    world.owned?.sessions.update(sid, { room: '#3' })
    await clock.advance(60_000)
    expect(shown()).toEqual([])
    world.flushes = true
    await clock.advance(20_000)
    expect(shown()).toEqual([])
  })

  test('of a gateway that is not heard', async () => {
    const { clock, world, shown, publish, sid } = await quiet()
    world.gatewayAnswers = false
    publish(sid, null)
    await clock.advance(60_000)
    expect(shown()).toEqual([])
  })

  test('of what is written while Redis is read', async () => {
    const { clock, world, shown, sid } = await quiet()
    let line = 10
    world.readMs = 400
    // Changed and stored between the reading and its answer: each look sees a value that memory no longer has.
    world.whileRead = () => {
      line++
      world.owned?.sessions.update(sid, { room: `#${line % 2}` })
    }
    await clock.advance(60_000)
    expect(shown()).toEqual([])
  })
})

describe('ownership', () => {
  test('closes its findings when the partition is given away: its next owner begins anew', async () => {
    const { clock, world, sid, edit, healed } = await quiet()
    edit(sid, { room: '#666' })
    await clock.advance(SEEN_MS)
    world.owned = null
    await clock.advance(1_000)
    expect(healed()).toMatchObject([{ sid, detail: { how: 'takeover' } }])
  })

  test('keeps them when the same process begins another life of it', async () => {
    const { clock, world, sid, edit, healed, findings, memory } = await quiet()
    edit(sid, { room: '#666' })
    await clock.advance(SEEN_MS)
    const { owned } = quietLife(PARTITION, clock)
    owned.sessions.put({ ...memory(sid), room: '#666' }, true) // what it loaded is what Redis had
    world.owned = owned
    await clock.advance(2_000)
    expect([findings().length, healed()]).toMatchObject([1, [{ sid, detail: { how: 'itself' } }]])
  })

  test('says so of a session that is looked at for somebody and is not ours', async () => {
    const { audit, world, sid } = await quiet()
    world.owned = null
    expect(await audit.recheck(sid)).toEqual({ kind: 'not-owned' })
  })

  test('credits a wizard whose command has put a session right', async () => {
    const { clock, sid, edit, healed, audit } = await quiet()
    edit(sid, { room: '#666' })
    await clock.advance(SEEN_MS)
    audit.expectCommand(sid)
    edit(sid, { room: '' })
    await audit.recheck(sid)
    expect(healed()).toMatchObject([{ sid, detail: { how: 'command' } }])
  })

  test('leaves nothing ticking when it is closed, and closes what is open', async () => {
    const { clock, sid, edit, healed, audit } = await quiet()
    edit(sid, { room: '#666' })
    await clock.advance(SEEN_MS)
    audit.close()
    expect(healed()).toHaveLength(1)
    await clock.advance(20_000)
    expect(clock.pendingTimers()).toBe(2) // the rig's own
  })
})
