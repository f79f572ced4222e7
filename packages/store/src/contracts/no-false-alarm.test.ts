import { expect, test } from 'vitest'
import { createLaggingCopies } from '../testing/lagging-copies.ts'
import { classify, type Difference, type Observation } from './index.ts'

const STEPS = 100_000
const WORLDS = 40
/** How often each observer looks, about. */
const LOOK_MS = 1_000
const WRONG = new Set(['drifted', 'missing', 'ghost'])

/** A small generator of its own, so that a seed repeats a run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Looks again and again, as an auditor and a console do. */
function watch(look: () => Omit<Observation, 'before'>) {
  let before: ReadonlyMap<string, Difference> = new Map()
  let settling = 0
  return {
    look(): string | null {
      const observation = look()
      const { state, differences, fields } = classify({ ...observation, before })
      before = differences
      if (state === 'settling') settling++
      if (!WRONG.has(state)) return null
      return `${state} in ${fields.filter((field) => WRONG.has(field.state)).map(({ name }) => name)}`
    },
    get settling() {
      return settling
    },
  }
}

test('over 100,000 random steps in which writes are late, slow and unacknowledged, nobody calls anything wrong (A1)', () => {
  const seed = Date.now() % 2 ** 31
  let settling = 0
  for (let world = 0; world < WORLDS; world++) {
    const random = randomFrom(seed + world)
    const copies = createLaggingCopies(random)
    const observers = [watch(copies.asAuditor), watch(copies.asConsole)]
    let nextLook = 0
    for (let step = 0; step < STEPS / WORLDS; step++) {
      copies.step()
      if (copies.now < nextLook) continue
      nextLook = copies.now + LOOK_MS * (0.5 + random())
      for (const [at, observer] of observers.entries()) {
        const alarm = observer.look()
        if (alarm) expect.fail(`seed ${seed}, world ${world}, step ${step}, observer ${at}: ${alarm}`)
      }
    }
    for (const observer of observers) settling += observer.settling
  }
  // Else the world is too tame to prove anything.
  expect(settling).toBeGreaterThan(STEPS / 20)
}, 60_000)
