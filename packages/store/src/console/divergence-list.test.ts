import { beforeEach, describe, expect, test } from 'vitest'
import type { DivergenceItem, Finding } from '../contracts/index.ts'
import { type ConsoleRig, consoleRig, GATEWAY, SERVER } from '../testing/console-rig.ts'
import { AT, sessionOf, sidOf } from '../testing/fixtures.ts'
import { ITEMS_MAX } from './divergence-list.ts'

const session = sessionOf(sidOf(1), { handle: 7, room: '#0', serverRevision: 9 })
const { sid } = session

let rig: ConsoleRig
beforeEach(async () => {
  rig = consoleRig()
  rig.put(session)
  await rig.pass(1_000)
})

const finding = (given: Partial<Finding> = {}): Finding => ({
  sid,
  handle: 7,
  state: 'drifted',
  cause: 'rolled-back',
  missingIn: [],
  since: AT - 5_000,
  fields: [{ name: 'room', owner: 'server', state: 'drifted', values: { server: '#0', redis: '' } }],
  policy: 'show',
  ...given,
})
const found = (given: Partial<Finding> = {}): void =>
  rig.show({ type: 'divergence.found', sid: given.sid ?? sid, finding: finding(given) })
const items = (): DivergenceItem[] => rig.answers.divergence().items
const edit = (room: string): void => rig.putRedis(session, { room })

describe("an auditor's finding", () => {
  test('is listed with its cause and its time as soon as it is told, with both values', () => {
    found()
    expect(items()).toMatchObject([
      {
        sid,
        state: 'drifted',
        cause: 'rolled-back',
        since: new Date(AT - 5_000).toISOString(),
        fields: [
          {
            name: 'room',
            cells: { server: { value: '#0' }, redis: { kind: 'absent' }, gateway: { kind: 'not-held' } },
          },
        ],
      },
    ])
  })

  test("is joined with the console's own judgement: one item, the auditor's cause, values as of now", async () => {
    edit('#66')
    await rig.pass(12_000)
    found({ cause: 'content' })
    expect(items()).toMatchObject([
      { cause: 'content', fields: [{ name: 'room', cells: { redis: { value: '#66' } } }] },
    ])
    expect(rig.answers.divergence().counts.drifted).toBe(1)
  })

  test('heals by its auditor, and stays listed for ten minutes with what it was', async () => {
    found({ state: 'missing', cause: 'missing', missingIn: ['redis'], policy: 'repair' })
    rig.show({ type: 'divergence.healed', sid })
    expect(items()).toMatchObject([{ state: 'missing', missingIn: ['redis'], cause: 'missing' }])
    expect(items()[0]?.healedAt).toBe(new Date(rig.clock.now()).toISOString())
    await rig.pass(599_000)
    expect(items()).toHaveLength(1)
    await rig.pass(2_000)
    expect(items()).toEqual([])
  })

  test('heals when every copy was read again and agrees: its auditor may have died since', async () => {
    found()
    rig.processes.delete(SERVER)
    await rig.pass(8_000)
    expect(items()).toMatchObject([{ state: 'unknown', healedAt: null }])
    rig.processes.set('server-b', {})
    rig.own('server-b', 2)
    await rig.pass(6_000)
    expect(items()).toMatchObject([{ state: 'drifted', healedAt: expect.any(String) }])
  })

  test('of a session that nobody knows any more is over', async () => {
    found({ sid: sidOf(99), state: 'ghost', cause: 'ghost' })
    await rig.pass(5_000)
    expect(items()[0]).toMatchObject({ sid: sidOf(99), healedAt: null })
    await rig.pass(8_000)
    expect(items()[0]).toMatchObject({ sid: sidOf(99), healedAt: expect.any(String) })
  })
})

describe('what the console judges itself', () => {
  test('is listed without any auditor, and closes as healed when its session ends', async () => {
    edit('#66')
    await rig.pass(12_000)
    expect(items()).toMatchObject([{ state: 'drifted', cause: 'content', healedAt: null }])
    rig.end(session)
    await rig.pass(2_000)
    expect(items()).toMatchObject([{ state: 'drifted', healedAt: expect.any(String) }])
  })

  test('is unknown, and neither drifted nor healed, while its owner is silent', async () => {
    edit('#66')
    await rig.pass(12_000)
    rig.processes.delete(SERVER)
    await rig.pass(8_000)
    expect(items()).toMatchObject([{ state: 'unknown', healedAt: null }])
    expect(rig.answers.divergence().counts).toMatchObject({ drifted: 0, unknown: 1 })
  })

  test('is counted whole and listed up to a bound, the oldest first', async () => {
    for (let n = 10; n < 10 + ITEMS_MAX + 50; n++) {
      const other = sessionOf(sidOf(n), { handle: n })
      rig.putServer(other)
      rig.putGateway(other)
    }
    await rig.pass(12_000)
    const { counts, items: listed } = rig.answers.divergence()
    expect(counts.missing).toBe(ITEMS_MAX + 50)
    expect(listed).toHaveLength(ITEMS_MAX)
    expect(listed.map(({ since }) => since)).toEqual(listed.map(({ since }) => since).sort())
  })
})

test('coverage is what the auditors of the living servers have looked at', async () => {
  rig.processes.set(SERVER, { audit: { checked: 30, total: 40, oldestMs: 9_000 } })
  rig.processes.set('server-b', { audit: { checked: 5, total: 5, oldestMs: 100 }, partitions: [] })
  rig.processes.set('server-c', { audit: { checked: 500, total: 500, oldestMs: 99_000 }, partitions: [] })
  await rig.pass(1_500)
  rig.processes.delete('server-c')
  await rig.pass(6_000)
  expect(rig.answers.divergence().coverage).toEqual({ checked: 35, total: 45, oldestMs: 9_000 })
  expect(rig.processes.has(GATEWAY)).toBe(true)
})
