import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sessionArbitrary } from '../testing/arbitraries.ts'
import { type Copies, readingsOf, UNREAD } from '../testing/copies.ts'
import { AT } from '../testing/fixtures.ts'
import {
  COPIES,
  type Copy,
  type CopyReading,
  classify,
  type Difference,
  GRACE_MS,
  type PendingWrite,
  type Verdict,
} from './index.ts'

const WRONG = new Set(['drifted', 'missing', 'ghost'])
const EVERYTHING: PendingWrite[] = [
  { side: 'server', fields: ['*'] },
  { side: 'gateway', fields: ['*'] },
]

const kind = fc.constantFrom('read', 'absent', 'unknown')
/** Any three copies: of one session, or of three that have nothing in common but the sid. */
const copiesArbitrary: fc.Arbitrary<Copies> = fc
  .tuple(fc.array(sessionArbitrary, { minLength: 3, maxLength: 3 }), fc.boolean(), fc.tuple(kind, kind, kind))
  .map(([sessions, areEqual, kinds]) => {
    const of = (copy: Copy, at: number): CopyReading => {
      const reading = readingsOf(sessions[areEqual ? 0 : at] ?? never())[copy]
      if (kinds[at] === 'unknown') return UNREAD
      return kinds[at] === 'absent' ? { kind: 'absent', observedAt: AT } : reading
    }
    return { gateway: of('gateway', 0), server: of('server', 1), redis: of('redis', 2) }
  })

function never(): never {
  throw new Error('three sessions were made')
}

/** Looks at each of `all` in turn, `apartMs` between them, and returns what each said. */
function lookAt(all: readonly Copies[], pending: readonly PendingWrite[], apartMs = GRACE_MS): Verdict[] {
  let before: ReadonlyMap<string, Difference> = new Map()
  return all.map((copies, at) => {
    const verdict = classify({ copies, pending, before, now: AT + at * apartMs })
    before = verdict.differences
    return verdict
  })
}

describe('whatever the copies are', () => {
  test('nothing is wrong while everything is pending, but what no write would change: a gateway that lacks the session', () => {
    fc.assert(
      fc.property(fc.array(copiesArbitrary, { minLength: 2, maxLength: 5 }), (all) => {
        for (const { state, missingIn } of lookAt(all, EVERYTHING)) {
          if (WRONG.has(state)) expect([state, ...missingIn]).toEqual(['missing', 'gateway'])
        }
      }),
    )
  })

  test('nothing is wrong at the first look, however far the copies are apart', () => {
    fc.assert(
      fc.property(copiesArbitrary, (copies) => {
        const [verdict] = lookAt([copies], [])
        expect(WRONG.has(verdict?.state ?? '')).toBe(false)
        expect(verdict?.fields.filter(({ state }) => WRONG.has(state))).toEqual([])
      }),
    )
  })

  test('nothing is wrong while the values move on', () => {
    fc.assert(
      fc.property(fc.array(sessionArbitrary, { minLength: 2, maxLength: 5 }), (sessions) => {
        // The server types on: memory is always one ahead of Redis.
        const all = sessions.slice(1).map((session, at): Copies => {
          const server = { ...session, serverRevision: 2 * at + 2, commandCount: 2 * at + 2 }
          const redis = { ...server, serverRevision: 2 * at + 1, commandCount: 2 * at + 1 }
          return { ...readingsOf(server), redis: readingsOf(redis).redis }
        })
        for (const { state } of lookAt(all, [])) expect(WRONG.has(state)).toBe(false)
      }),
    )
  })

  test('what stands goes on to stand while nothing changes, since the same moment', () => {
    fc.assert(
      fc.property(copiesArbitrary, fc.integer({ min: 3, max: 6 }), (copies, looks) => {
        const [, second, ...later] = lookAt(Array(looks).fill(copies), [])
        for (const { state, since, cause } of later) {
          expect({ state, since, cause }).toEqual({ state: second?.state, since: second?.since, cause: second?.cause })
        }
      }),
    )
  })

  test('a copy that was not read is neither missing nor odd, and nothing is missing that only it could prove', () => {
    fc.assert(
      fc.property(copiesArbitrary, (copies) => {
        const { missingIn, odd, state } = lookAt([copies, copies], [])[1] ?? never()
        for (const copy of COPIES) {
          if (copies[copy].kind !== 'unknown') continue
          expect([...missingIn, ...odd]).not.toContain(copy)
        }
        if (copies.server.kind === 'unknown') expect(['missing', 'ghost']).not.toContain(state)
      }),
    )
  })

  test('in sync means that every needed copy was read and says the same', () => {
    fc.assert(
      fc.property(copiesArbitrary, (copies) => {
        const { state, fields, differences } = lookAt([copies, copies], [])[1] ?? never()
        if (state !== 'in-sync') return
        expect(fields.filter((field) => field.state !== 'in-sync')).toEqual([])
        expect(differences.size).toBe(0)
      }),
    )
  })
})
