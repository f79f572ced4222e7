import { beforeEach, describe, expect, test } from 'vitest'
import { partitionOf, type SessionDetail } from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER } from '../testing/console-rig.ts'
import { sessionOf, sidOf } from '../testing/fixtures.ts'

const session = sessionOf(sidOf(1), { handle: 7, player: '#5', playerName: 'Ada', loginState: 'loggedIn', room: '#0' })
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(1_000)
})

const detail = (): SessionDetail => {
  const found = rig.answers.session(sid)
  if (!found) throw new Error('the session is not known')
  return found
}

describe('a session that ended', () => {
  test('stays in the list for 10 s and its last state for 10 minutes, with why', async () => {
    rig.end(session, 'idle')
    await rig.pass(1_000)
    expect(detail()).toMatchObject({ session: { status: 'closed', handle: 7 }, closed: { reason: 'idle' } })
    expect(detail().fields.find(({ name }) => name === 'room')?.cells.server).toMatchObject({
      kind: 'unknown',
      last: '#0',
      reason: 'the session has ended',
    })
    expect(rig.answers.sessions({})).toMatchObject({ value: { total: 1 } })
    expect(rig.answers.resolve('')).toEqual({ ok: true, sids: [] })
    expect(rig.answers.versions([sid]).get(sid)).toBeNull()
    await rig.pass(10_000)
    expect(rig.answers.sessions({})).toMatchObject({ value: { total: 0 } })
    await rig.clock.advance(580_000)
    expect(rig.answers.session(sid)).toMatchObject({ closed: { reason: 'idle' } })
    await rig.clock.advance(20_000)
    expect(rig.answers.session(sid)).toBeNull()
  })

  test('is over only when its gateway has let go of it, or is heard no more', async () => {
    rig.end(session, 'boot')
    rig.putGateway(session)
    await rig.pass(1_000)
    expect(detail()).toMatchObject({ session: { status: 'connected' }, closed: null })
    await rig.pass(15_000)
    expect(rig.answers.sessions({})).toMatchObject({ value: { items: [{ sid, status: 'connected' }] } })
    rig.takeBack(`${sid}/gateway`, partitionOf(sid))
    await rig.pass(1_000)
    expect(detail()).toMatchObject({ session: { status: 'closed' }, closed: { reason: 'boot' } })

    rig.putGateway(session)
    rig.processes.delete(GATEWAY)
    await rig.pass(10_000)
    expect(detail()).toMatchObject({ session: { status: 'closed' }, closed: { reason: 'boot' } })
  })

  test('needs no owner to be over: its end was told', async () => {
    rig.end(session)
    await rig.pass(1_000)
    rig.processes.delete(SERVER)
    await rig.pass(8_000)
    expect(detail().session).toMatchObject({ state: 'in-sync', status: 'closed' })
  })

  test('is told as what it was, where it was a ghost, whatever was heard first', async () => {
    for (const [n, isEndFirst] of [
      [5, true],
      [6, false],
    ] as const) {
      const ghost = sessionOf(sidOf(n), { handle: n, player: '#5', playerName: 'Ada' })
      rig.putRedis(ghost)
      const stored = rig.redis.get(ghost.sid)
      if (isEndFirst) rig.end(ghost)
      if (stored) rig.redis.set(ghost.sid, stored)
      await rig.pass(12_000)
      expect(rig.answers.session(ghost.sid)?.session).toMatchObject({ state: 'ghost', handle: n })
      rig.redis.delete(ghost.sid)
      rig.end(ghost)
      await rig.pass(5_000)
      const row = { status: 'closed', handle: n, player: { dbref: '#5', name: 'Ada' } }
      expect(rig.answers.sessions({ filter: 'status:closed' })).toMatchObject({ value: { items: [row] } })
      expect(rig.answers.session(ghost.sid)).toMatchObject({ session: row, closed: { reason: expect.any(String) } })
      await rig.pass(10_000)
    }
  })

  test('has no row where nobody ever told what it was', async () => {
    rig.end(sessionOf(sidOf(7)))
    rig.redis.set(sidOf(8), { hash: {}, version: '1.1.1' })
    await rig.pass(12_000)
    rig.redis.delete(sidOf(8))
    rig.end(sessionOf(sidOf(8)))
    await rig.pass(1_000)
    expect(rig.answers.sessions({ filter: 'status:closed' })).toMatchObject({ value: { items: [] } })
    expect([rig.answers.session(sidOf(7)), rig.answers.session(sidOf(8))]).toEqual([null, null])
  })

  test('is a ghost in the list for as long as Redis keeps it', async () => {
    const stored = rig.redis.get(sid)
    rig.end(session)
    if (stored) rig.redis.set(sid, stored)
    await rig.pass(20_000)
    expect(rig.answers.sessions({ filter: 'state:ghost' })).toMatchObject({ value: { items: [{ sid }] } })
  })
})
