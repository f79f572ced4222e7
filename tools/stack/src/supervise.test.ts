import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@holdfast/runtime'
import { manualClock, waitUntil } from '@holdfast/runtime/testing'
import { expect, onTestFinished, test } from 'vitest'
import { stopLeftovers } from './leftovers.ts'
import { createProcessTable, readProcessTable } from './process-table.ts'
import { type Exit, type Launched, launch } from './service.ts'
import { backOffMs, lastPlainLine, supervise } from './supervise.ts'
import { createSupervisor } from './supervisor.ts'

function setup() {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-supervise-'))
  const file = join(dir, 'run/processes.json')
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const supervisor = createSupervisor({ table: createProcessTable(file), clock: systemClock, say })
  onTestFinished(async () => {
    await supervisor.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const add = (script: string, { ready = true } = {}) => {
    const logFile = join(dir, 'server-0.log')
    const spec = {
      role: 'server' as const,
      ports: { http: 19_999 },
      url: '',
      command: ['sh', '-c', script] as const,
      logFile,
    }
    return supervisor.add({
      role: 'server',
      index: 0,
      logFile,
      launch: () => launch({ ...spec, probe: async () => ready }),
    })
  }
  return { dir, file, said, say, supervisor, add }
}

test('waits longer after each death in a row, up to five seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(backOffMs)).toEqual([0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
})

/** A child that is there at once and answers when it is told to, on a clock that the test moves. */
function setupLives() {
  const clock = manualClock()
  const said: string[] = []
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-lives-'))
  const logFile = join(dir, 'server-0.log')
  writeFileSync(logFile, '')
  const lives: { die: () => void; answer: () => void }[] = []
  const launchLife = async (): Promise<Launched> => {
    const end = Promise.withResolvers<Exit>()
    const ready = Promise.withResolvers<void>()
    let isAlive = true
    const die = () => {
      isAlive = false
      end.resolve({ code: null, signal: 'SIGKILL' })
    }
    lives.push({ die, answer: () => ready.resolve() })
    const stop = async () => die()
    const facts = { role: 'server', pid: lives.length, ports: {}, url: '' } as const
    return { ...facts, alive: () => isAlive, stop, kill: die, exited: end.promise, ready: ready.promise }
  }
  const table = createProcessTable(join(dir, 'processes.json'))
  const child = supervise(
    { role: 'server', index: 0, logFile, launch: launchLife },
    { table, clock, say: (line) => void said.push(line) },
  )
  onTestFinished(async () => {
    const stopped = child.stop()
    await clock.advance(10_000)
    await stopped
    rmSync(dir, { recursive: true, force: true })
  })
  /** The present life answers, or not, and ends after `ms`. */
  const live = async (ms: number, { answers }: { answers: boolean }) => {
    const life = lives.at(-1)
    if (answers) life?.answer()
    await clock.advance(ms)
    life?.die()
    await clock.advance(0)
  }
  const deaths = () => said.filter((line) => line.includes('ended'))
  return { clock, lives, live, deaths }
}

test('costs a restart each, and no pause, when a child that was up is killed five times in 30 s', async () => {
  const { clock, lives, live, deaths } = setupLives()
  await clock.advance(0)
  for (let kills = 1; kills <= 5; kills++) {
    await live(6_000, { answers: true })
    expect(lives).toHaveLength(kills + 1)
  }
  expect(new Set(deaths())).toEqual(new Set(['server 0 ended (SIGKILL); starting it again']))
})

test('waits longer each time for one that dies again and again before it is up, and starts afresh once it was', async () => {
  const { clock, live, deaths } = setupLives()
  await clock.advance(0)
  await live(2_000, { answers: true })
  for (const pauseMs of [200, 400, 800]) {
    await live(100, { answers: true })
    await clock.advance(pauseMs)
  }
  expect(deaths().map((line) => line.replace(/.*starting it again/, ''))).toEqual([
    '',
    ' in 200 ms',
    ' in 400 ms',
    ' in 800 ms',
  ])
  await live(5_000, { answers: false })
  expect(deaths().at(-1)).toBe('server 0 ended (SIGKILL); starting it again')
})

test('gives up on one that never answers, however long it lives each time', async () => {
  const { clock, lives, live } = setupLives()
  await clock.advance(0)
  for (let number = 0; number < 12; number++) await live(10_000, { answers: false })
  expect(lives).toHaveLength(8)
})

test('starts a killed child again, says so in one line, and keeps processes.json true', async () => {
  const { file, said, supervisor, add } = setup()
  const child = await add('exec sleep 60')
  expect(readProcessTable(file)).toMatchObject([{ role: 'server', index: 0, pid: child.pid, ports: { http: 19_999 } }])
  child.kill('SIGKILL')
  const pid = await waitUntil(() => readProcessTable(file).find((entry) => entry.pid !== child.pid)?.pid, {
    what: 'another pid in processes.json',
  })
  await waitUntil(() => said.length === 2, { what: 'two lines' })
  expect(said).toEqual(['server 0 ended (SIGKILL); starting it again', `server 0 is up again (pid ${pid})`])
  await supervisor.stop()
  expect(readProcessTable(file)).toEqual([])
})

test('says why a child does not start, in its own words', async () => {
  const { add } = setup()
  await expect(
    add('echo \'{"level":"info"}\' >&1; echo "REDIS_URL: use a URL" >&2; exit 78', { ready: false }),
  ).rejects.toThrow(/^server 0 does not start: ended \(exit code 78: REDIS_URL: use a URL\) \(see .*server-0\.log\)$/)
})

test('finds the line for people among log records', () => {
  const { dir } = setup()
  const logFile = join(dir, 'x.log')
  writeFileSync(logFile, '{"a":1}\nport 4201 is in use\n{"b":2}\n\n')
  expect(lastPlainLine(logFile)).toBe('port 4201 is in use')
})

test('stops what a killed supervisor has left, and nobody who has its pid now', async () => {
  const { dir, file, said, say } = setup()
  const logFile = join(dir, 'left.log')
  const spec = { role: 'redis' as const, ports: {}, url: '', command: ['sleep', '60'] as const, logFile }
  const [left, stranger] = await Promise.all([0, 1].map(() => launch({ ...spec, probe: async () => true })))
  if (left === undefined || stranger === undefined) throw new Error('not launched')
  onTestFinished(() => stranger.kill('SIGKILL'))
  const table = createProcessTable(file)
  table.put({ role: 'redis', index: 0, pid: left.pid, ports: {}, startedAt: new Date() })
  table.put({ role: 'kafka', index: 0, pid: stranger.pid, ports: {}, startedAt: new Date() })
  // Not by text: two processes that started in one tick of the kernel's clock have the same identity.
  const processes = readProcessTable(file).map((entry) =>
    entry.pid === stranger.pid ? { ...entry, identity: `${entry.identity}0` } : entry,
  )
  writeFileSync(file, JSON.stringify({ processes }))
  await stopLeftovers(file, say)
  expect(await left.exited).toEqual({ code: null, signal: 'SIGTERM' })
  expect(stranger.alive()).toBe(true)
  expect(said).toEqual([`stopping what an earlier run has left: redis (pid ${left.pid})`])
})

test('takes a file that is no process table for an empty one', () => {
  const { file } = setup()
  writeFileSync(file, '{"processes":[{"pid":"x"}]}')
  expect(readProcessTable(file)).toEqual([])
  writeFileSync(file, '{"proc')
  expect(readProcessTable(file)).toEqual([])
})
