import { createLogger, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import type { Effect } from '@holdfast/store'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connected } from '../src/testing/stage.ts'
import { ensureFirstWizard } from '../src/world/first-wizard.ts'
import { migrateWorld } from '../src/world/migrate.ts'
import { createPasswords } from '../src/world/passwords.ts'
import { createWorld } from '../src/world/postgres-world.ts'
import { WORLD_WAIT_MS, type World, type WorldEditor } from '../src/world/world.ts'
import { type CommitCutter, commitCutter } from './commit-cutter.ts'
import { type OwnPostgres, ownPostgres } from './own-postgres.ts'

const logger = createLogger({ name: 'test', level: 'silent' })
const { sid } = connected(1)
const BOUND_MS = WORLD_WAIT_MS + 1_000

let postgres: OwnPostgres
let cutter: CommitCutter
const worlds: World[] = []

function worldAt(databaseUrl: string): World {
  const world = createWorld({ databaseUrl, clock: systemClock, logger })
  worlds.push(world)
  return world
}

const says = (text: string): Effect[] => [{ kind: 'output', to: [sid], parts: [{ kind: 'text', text }] }]

/** Digs a room and says its number: an effect that nobody can guess, and that a second run would not give again. */
async function dig(world: WorldEditor): Promise<Effect[]> {
  const room = await world.create({ type: 'room', name: 'Dug', location: null, destination: null, owner: 1 })
  return says(`#${room}`)
}

const roomsDug = async (): Promise<number> =>
  Number((await postgres.query("select count(*) as dug from objects where name = 'Dug'"))[0]?.dug)

beforeAll(async () => {
  postgres = await ownPostgres()
  cutter = await commitCutter(postgres.url)
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await migrateWorld(client)
  await ensureFirstWizard(client, { name: 'Wizard', password: 'open sesame' }, createPasswords())
  await client.end()
}, 60_000)

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
  await postgres.query("delete from objects where name = 'Dug'; delete from ledger")
})

afterAll(async () => {
  await cutter.close()
  await postgres.remove()
})

describe('a change of the world', () => {
  it('is applied once when its record is replayed, and gives the same effects (scenario 21)', async () => {
    const first = await worldAt(postgres.url).change(sid, 'i:7', dig)
    const again = await worldAt(postgres.url).change(sid, 'i:7', dig)
    expect(first.kind).toBe('done')
    expect(again).toEqual(first)
    expect(await roomsDug()).toBe(1)
  })

  it('is applied once when two owners apply it at the same moment', async () => {
    const outcomes = await Promise.all(
      [worldAt(postgres.url), worldAt(postgres.url)].map((world) => world.change(sid, 'i:8', dig)),
    )
    expect(outcomes[0]?.kind).toBe('done')
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(await roomsDug()).toBe(1)
  })

  it('is applied for each key of its own', async () => {
    const world = worldAt(postgres.url)
    await Promise.all(['i:1', 'i:2', 'c:1'].map((key) => world.change(sid, key, dig)))
    expect(await roomsDug()).toBe(3)
  })

  it('leaves nothing behind, the key included, when it gives null or throws', async () => {
    const world = worldAt(postgres.url)
    const nothing = await world.change(sid, 'i:9', async (editor) => {
      await dig(editor)
      return null
    })
    const thrown = world.change(sid, 'i:9', async (editor) => {
      await dig(editor)
      throw new Error('the command is wrong')
    })
    await expect(thrown).rejects.toThrow('the command is wrong')
    expect(nothing).toEqual({ kind: 'nothing' })
    expect(await roomsDug()).toBe(0)
    expect((await world.change(sid, 'i:9', dig)).kind).toBe('done')
  })

  it('runs again when it met another and lost (deadlock)', async () => {
    const world = worldAt(postgres.url)
    const both = Promise.withResolvers<void>()
    let holding = 0
    const swap = (first: number, second: number) => async (editor: WorldEditor) => {
      await editor.lock(first)
      holding += 1
      if (holding === 2) both.resolve()
      await both.promise
      await editor.lock(second)
      return says(`${first} then ${second}`)
    }
    const outcomes = await Promise.all([world.change(sid, 'i:20', swap(0, 1)), world.change(sid, 'i:21', swap(1, 0))])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done'])
  })

  it('never gives two players one name, however they are written', async () => {
    const world = worldAt(postgres.url)
    const made: (number | null)[] = []
    const make = (name: string) => async (editor: WorldEditor) => {
      made.push(await editor.createPlayer({ name, passwordHash: 'none', location: 0, flags: [] }))
      return []
    }
    await Promise.all([world.change(sid, 'i:30', make('Twin')), world.change(sid, 'i:31', make('tWIN'))])
    const rows = await postgres.query("select name from objects where lower(name) = 'twin'")
    expect(rows).toHaveLength(1)
    expect(made).toContain(null)
  })
})

describe('a COMMIT whose answer is lost', () => {
  it.each(['before', 'after'] as const)('is settled while Postgres lives (lost %s it)', async (where) => {
    const world = worldAt(cutter.url)
    await world.change(sid, 'i:1', async () => null)
    cutter.cutNextCommit(where)
    const changed = await world.change(sid, 'i:40', dig)
    expect(changed.kind).toBe('done')
    expect(await roomsDug()).toBe(1)
    expect(await worldAt(postgres.url).change(sid, 'i:40', dig)).toEqual(changed)
  })

  it('is told as unsettled when Postgres stays away, and settled as done when it was', async () => {
    const world = worldAt(cutter.url)
    cutter.cutNextCommit('after', 'closed')
    expect(await world.change(sid, 'i:41', dig)).toEqual({ kind: 'unsettled' })
    const settling = world.settle(sid, 'i:41', AbortSignal.timeout(20_000))
    cutter.open()
    expect((await settling).kind).toBe('done')
    expect(await roomsDug()).toBe(1)
  })

  it('is never applied later once it was settled as not done', async () => {
    const world = worldAt(cutter.url)
    cutter.cutNextCommit('before', 'closed')
    expect(await world.change(sid, 'i:42', dig)).toEqual({ kind: 'unsettled' })
    cutter.open()
    expect(await world.settle(sid, 'i:42', AbortSignal.timeout(20_000))).toEqual({ kind: 'not-done' })
    expect(await worldAt(postgres.url).change(sid, 'i:42', dig)).toEqual({ kind: 'unavailable' })
    expect(await roomsDug()).toBe(0)
  })

  it('is settled only after the transaction that holds the key is over', async () => {
    const holder = new Client({ connectionString: postgres.url })
    await holder.connect()
    await holder.query('BEGIN')
    await holder.query('insert into ledger (sid, key, effects) values ($1, $2, $3)', [
      sid,
      'i:43',
      JSON.stringify(says('held')),
    ])
    let settled = false
    const settling = worldAt(postgres.url)
      .settle(sid, 'i:43', AbortSignal.timeout(20_000))
      .finally(() => {
        settled = true
      })
    const waits =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into \"ledger\"%'"
    await waitUntil(async () => (await postgres.query(waits)).length > 0, { what: 'the settler waits for the key' })
    expect(settled).toBe(false)
    await holder.query('COMMIT')
    await holder.end()
    expect(await settling).toEqual({ kind: 'done', effects: says('held') })
  })

  it('stops being settled when the session is no longer ours', async () => {
    const world = worldAt('postgres://nobody:nothing@127.0.0.1:1/none')
    const ours = new AbortController()
    const settling = world.settle(sid, 'i:44', ours.signal)
    ours.abort(new Error('moved on'))
    await expect(settling).rejects.toThrow('moved on')
  })
})

describe('while Postgres is away', () => {
  it('keeps nobody waiting beyond the bound, then answers at once, and works again when it is back', async () => {
    const world = worldAt(postgres.url)
    expect((await world.read((reader) => reader.object(0))).kind).toBe('done')
    await postgres.kill()
    const startedAt = performance.now()
    expect(await world.change(sid, 'i:50', dig)).toEqual({ kind: 'unavailable' })
    expect(performance.now() - startedAt).toBeLessThan(BOUND_MS)
    expect(world.available()).toBe(false)
    const againAt = performance.now()
    expect(await world.change(sid, 'i:51', dig)).toEqual({ kind: 'unavailable' })
    expect(performance.now() - againAt).toBeLessThan(100)
    await postgres.start()
    await waitUntil(() => world.available(), { what: 'the probe finds Postgres' })
    expect((await world.change(sid, 'i:50', dig)).kind).toBe('done')
    expect(await roomsDug()).toBe(1)
  }, 60_000)

  it('notices one that is stopped, not dead, and leaves no half of a change when it wakes', async () => {
    const world = worldAt(postgres.url)
    await world.read((reader) => reader.object(0))
    postgres.signal('SIGSTOP')
    try {
      const startedAt = performance.now()
      const changed = await world.change(sid, 'i:60', dig)
      expect(changed).toEqual({ kind: 'unavailable' })
      expect(performance.now() - startedAt).toBeLessThan(BOUND_MS)
      expect(world.available()).toBe(false)
    } finally {
      postgres.signal('SIGCONT')
    }
    await waitUntil(() => world.available(), { what: 'the probe finds Postgres', timeoutMs: 10_000 })
    expect(await roomsDug()).toBe(0)
    expect((await world.change(sid, 'i:60', dig)).kind).toBe('done')
  }, 60_000)

  it('lets the patient wait for a quick return', async () => {
    const world = worldAt(cutter.url)
    cutter.cutNextCommit('before', 'closed')
    await world.change(sid, 'i:70', dig)
    expect(world.available()).toBe(false)
    expect(await world.read((reader) => reader.object(0))).toEqual({ kind: 'unavailable' })
    const patient = world.read((reader) => reader.object(0), { patient: true })
    cutter.open()
    expect(await patient).toMatchObject({ kind: 'done', value: { name: 'Limbo' } })
  })

  it('closes without waiting for the goodbye of one that is stopped', async () => {
    const world = createWorld({ databaseUrl: postgres.url, clock: systemClock, logger })
    await world.read((reader) => reader.object(0))
    postgres.signal('SIGSTOP')
    try {
      const startedAt = performance.now()
      await world.close()
      expect(performance.now() - startedAt).toBeLessThan(BOUND_MS)
    } finally {
      postgres.signal('SIGCONT')
    }
  })
})
