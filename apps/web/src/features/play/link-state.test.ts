import { CLOSE_REASONS, type CloseReason, partingOf } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { afterEnding, backOffMs, type Ending, type LinkState, linkWords } from './link-state.ts'

const NOW = 1_000_000
const ending = (given: Partial<Ending>): Ending => ({
  code: 1006,
  bye: null,
  reconnectAfterMs: null,
  openMs: 60_000,
  ...given,
})
const after = (given: Partial<Ending>, attempt = 0, random = 1): LinkState =>
  afterEnding(ending(given), attempt, NOW, random)
const waitOf = (state: LinkState): number => (state.kind === 'waiting' ? state.until - NOW : Number.NaN)

test('waits a second at the most after a good connection, and longer each time, up to half a minute', () => {
  expect(waitOf(after({}))).toBe(1_000)
  const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backOffMs(attempt, 1))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('spreads those who come back over half the wait', () => {
  expect(backOffMs(4, 0)).toBe(4_000)
  expect(backOffMs(4, 0.5)).toBe(6_000)
})

test('does not take a connection that ends at once for a good one', () => {
  expect(after({ openMs: 500 }, 3)).toMatchObject({ kind: 'waiting', attempt: 4, why: 'lost' })
  expect(after({ openMs: null }, 3)).toMatchObject({ kind: 'waiting', attempt: 4, why: 'away' })
  expect(after({ openMs: 60_000 }, 3)).toMatchObject({ attempt: 1 })
})

test('comes back when the gateway says, and later where that did not help', () => {
  expect(waitOf(after({ code: 4001, reconnectAfterMs: 1_700 }))).toBe(1_700)
  expect(waitOf(after({ code: 4001, reconnectAfterMs: 200, openMs: 50 }, 3))).toBe(8_000)
  expect(after({ code: 4008 })).toMatchObject({ kind: 'waiting', why: 'moved' })
})

test('does not come back by itself after a goodbye, and says why', () => {
  for (const bye of ['quit', 'boot', 'idle', 'replaced', 'flood', 'something-new', 'constructor']) {
    expect(after({ code: 1000, bye })).toMatchObject({ kind: 'over', isRefused: false, why: expect.any(String) })
  }
  expect(after({ code: 4009 })).toMatchObject({ kind: 'over' })
})

test('names a refusal as one', () => {
  const state = after({ code: 1000, bye: 'too-many', openMs: 10 })
  expect(linkWords(state, NOW)).toBe('Refused: Too many connections from your address.')
})

test('says each state in plain words, the seconds with it', () => {
  expect(linkWords({ kind: 'connecting', attempt: 0 }, NOW)).toBe('Connecting')
  expect(linkWords({ kind: 'connecting', attempt: 2 }, NOW)).toBe('Connecting again')
  expect(linkWords({ kind: 'open', attempt: 0 }, NOW)).toBe('Connected')
  const waiting: LinkState = { kind: 'waiting', attempt: 3, until: NOW + 3_200, why: 'lost' }
  expect(linkWords(waiting, NOW)).toBe('Connection lost. Trying again in 4 s')
  expect(linkWords(waiting, NOW + 9_000)).toBe('Connection lost. Trying again in 1 s')
  expect(linkWords(waiting, NOW, true)).toBe('Connection lost. Trying again')
})

test('comes back, or does not, after each of a gateway’s reasons as the gateway means it', () => {
  const isReason = (name: string): name is CloseReason => Object.hasOwn(CLOSE_REASONS, name)
  for (const reason of Object.keys(CLOSE_REASONS).filter(isReason)) {
    const { says, code } = partingOf(reason)
    const isBye = says === 'bye'
    const state = after({ code, bye: isBye ? reason : null, reconnectAfterMs: isBye ? null : 100 })
    expect([reason, state.kind]).toEqual([reason, isBye ? 'over' : 'waiting'])
  }
})
