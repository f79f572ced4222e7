import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import { followSignIn, LOOK_EVERY_MS } from './follow-sign-in.ts'

function setUp() {
  const clock = manualClock()
  const state = { isSeen: true, name: null as string | null, asked: 0 }
  const back: string[] = []
  const ask = async (): Promise<string> => {
    state.asked++
    if (state.name === null) throw new Error('signed out')
    return state.name
  }
  const following = followSignIn({ ask, onBack: (name) => back.push(name), clock, isSeen: () => state.isSeen })
  return { clock, state, back, following }
}

test('a tab that is signed out goes on when the cookie is good again, and looks no more', async () => {
  const { clock, state, back, following } = setUp()
  await clock.advance(LOOK_EVERY_MS)
  expect([state.asked, back]).toEqual([2, []])
  state.name = 'Mara'
  await clock.advance(LOOK_EVERY_MS)
  expect(back).toEqual(['Mara'])
  following.look()
  await clock.advance(5 * LOOK_EVERY_MS)
  expect([state.asked, back, clock.pendingTimers()]).toEqual([3, ['Mara'], 0])
})

test('a tab that nobody sees asks nothing, and asks at once when it is looked at', async () => {
  const { clock, state, back, following } = setUp()
  await clock.advance(0)
  state.isSeen = false
  state.name = 'Mara'
  await clock.advance(5 * LOOK_EVERY_MS)
  expect([state.asked, back]).toEqual([1, []])
  state.isSeen = true
  following.look()
  await clock.advance(0)
  expect(back).toEqual(['Mara'])
})

test('nobody is told after the end', async () => {
  const { clock, state, back, following } = setUp()
  await clock.advance(0)
  state.name = 'Mara'
  following.look()
  following.stop()
  await clock.advance(LOOK_EVERY_MS)
  expect([back, clock.pendingTimers()]).toEqual([[], 0])
})
