import { systemClock } from '@holdfast/runtime'
import type { SessionRecord, Sid } from '@holdfast/store/contracts'
import { createSessionMap } from '../packages/store/src/memory/session-map.ts'
import { createDirtySet } from '../packages/store/src/write-behind/dirty-set.ts'
import { atMost, type Claim, nsEach, type Pair, rounds, rowOf } from './measure.ts'
import { newSessions } from './sessions.ts'

/** One of 64 partitions of a game with 128,000 players. */
const SESSIONS = 2_000
/** Short rounds and many: what else the machine does then falls into few of them. */
const PASSES = 50
const ROUNDS = 101
const WARM_UPS = 30
const KEYS = ['doing', 'colour', 'pager', 'language'] as const
const VALUES = ['rowing', 'mending nets'] as const

/**
 * The hot path: what every line that a player types does at least once. Each loop is a function of its own, so that the
 * compiler treats ours and the bare one alike.
 */
export async function memoryAccess(): Promise<Claim> {
  const records = newSessions(SESSIONS)
  const sids = shuffled(records.map(({ sid }) => sid))
  const get = await rounds(ROUNDS, WARM_UPS, getMeasures(records, sids))
  const update = await rounds(ROUNDS, WARM_UPS, updateMeasures(records, sids))
  const pairs = (ours: 'again' | 'first'): Pair[] => update.map((each) => ({ ours: each[ours], base: each.base }))
  const nested = 'a bare nested Map.set'
  return {
    name: 'memory-access',
    title: 'Read and update a session in memory',
    method: [
      `${SESSIONS} sessions in a shuffled order, ${SESSIONS * PASSES} operations a round, ${ROUNDS} rounds after ${WARM_UPS} to warm up.`,
      'Get: the partition’s session map beside a Map of the same records.',
      'Update: setMeta (sets the field, counts the revision, marks it dirty) beside Map<sid, Map<key, value>>.',
      'First: everything dirty is taken, as a flush does, after each pass, so every update makes a new dirty entry; again: the session is dirty already.',
    ],
    rows: [
      rowOf({ what: 'get a session', reference: 'a bare Map.get', unit: 'ns', goal: atMost(1.5) }, get),
      rowOf({ what: 'update a field, dirty already', reference: nested, unit: 'ns', goal: atMost(5) }, pairs('again')),
      rowOf(
        { what: 'update a field, first since a flush', reference: nested, unit: 'ns', goal: atMost(5) },
        pairs('first'),
      ),
    ],
  }
}

function getMeasures(records: readonly SessionRecord[], sids: readonly Sid[]) {
  const sessions = createSessionMap(createDirtySet(systemClock))
  for (const record of records) sessions.put(record, true)
  const bare = new Map(records.map((record) => [record.sid, { ...record }]))
  let seen = 0
  const getOurs = (): void => {
    for (let pass = 0; pass < PASSES; pass++) {
      for (const sid of sids) seen += sessions.get(sid)?.handle ?? 0
    }
  }
  const getBare = (): void => {
    for (let pass = 0; pass < PASSES; pass++) {
      for (const sid of sids) seen += bare.get(sid)?.handle ?? 0
    }
  }
  const measure = (loop: () => void) => () => {
    seen = 0
    const ns = nsEach(SESSIONS * PASSES, loop)
    // Looked at, so that no compiler may leave the loop out.
    if (seen !== PASSES * handlesOf(records)) throw new Error('a session was not found')
    return ns
  }
  return { ours: measure(getOurs), base: measure(getBare) }
}

const handlesOf = (records: readonly SessionRecord[]): number => records.reduce((sum, { handle }) => sum + handle, 0)

function updateMeasures(records: readonly SessionRecord[], sids: readonly Sid[]) {
  const dirty = createDirtySet(systemClock)
  const sessions = createSessionMap(dirty)
  for (const record of records) sessions.put({ ...record, meta: {} }, true)
  const bare = new Map(sids.map((sid) => [sid, new Map<string, string>()]))
  const updateOurs = (pass: number): void => {
    const key = KEYS[pass % KEYS.length] ?? KEYS[0]
    const value = VALUES[pass % VALUES.length] ?? VALUES[0]
    for (const sid of sids) sessions.setMeta(sid, key, value)
  }
  const updateBare = (pass: number): void => {
    const key = KEYS[pass % KEYS.length] ?? KEYS[0]
    const value = VALUES[pass % VALUES.length] ?? VALUES[0]
    for (const sid of sids) bare.get(sid)?.set(key, value)
  }
  const takeAll = (): void => {
    if (dirty.size !== SESSIONS) throw new Error('an update was not marked')
    dirty.settle(dirty.take())
  }
  const passes = (pass: (number: number) => void) => () =>
    nsEach(SESSIONS * PASSES, () => {
      for (let number = 0; number < PASSES; number++) pass(number)
    })
  return {
    again: () => {
      for (let pass = 0; pass < KEYS.length; pass++) updateOurs(pass)
      const ns = passes(updateOurs)()
      takeAll()
      return ns
    },
    base: passes(updateBare),
    first: passes((pass) => {
      updateOurs(pass)
      dirty.settle(dirty.take())
    }),
  }
}

function shuffled<T>(values: readonly T[]): T[] {
  const keyed = values.map((value) => ({ value, at: Math.random() }))
  return keyed.sort((a, b) => a.at - b.at).map(({ value }) => value)
}
