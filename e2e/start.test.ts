import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts, portIsFree } from '@holdfast/stack'
import { afterAll, expect, test } from 'vitest'
import { type Child, spawnScript } from './harness/child.ts'
import { launchStart, newDataDir, removeDataDir, untilBanner, untilReady, WIZARD } from './harness/game.ts'
import { loginPlayer } from './harness/player.ts'
import { isAlive, type ProcessEntry, readProcesses } from './harness/processes.ts'
import { readiness } from './harness/readiness.ts'

const REFUSED_MS = 30_000
const STOP_MS = 60_000
const SECOND_START_MS = 20_000
/** Longer than the deadline of any one part. */
const ENDS_WITHIN_MS = 12_000

const dataDir = newDataDir()
afterAll(() => removeDataDir(dataDir))

const saidLines = (child: Child): string[] =>
  child
    .output()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('·'))

/** Processes of this machine that have the folder in their command line or environment, the tests themselves apart. */
function processesOn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isAlive(Number(name)))
    .filter((pid) => ['cmdline', 'environ'].some((file) => readProc(pid, file).includes(folder)))
    .map((pid) => `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ')}`)
}

/** Empty for a process that has ended meanwhile or is not ours to read. */
function readProc(pid: string, file: string): string {
  const path = `/proc/${pid}/${file}`
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}

async function expectStopped(
  child: Child,
  entries: readonly ProcessEntry[],
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  child.process.kill(signal)
  expect(await child.exited(STOP_MS)).toBe(0)
  expect(entries.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(processesOn(dataDir)).toEqual([])
  expect(readProcesses(dataDir)).toEqual([])
}

test('starts all, says where everything is, refuses a second start, and leaves no process behind', async () => {
  const { child, telnetPort, webPort, httpPorts } = await launchStart({ dataDir, console: true })
  await untilBanner(child)
  await untilReady(httpPorts)
  const web = `http://127.0.0.1:${webPort}`
  for (const part of [
    web,
    `${web}/play`,
    `telnet 127.0.0.1 ${telnetPort}`,
    ...httpPorts.map((port) => `:${port}/readyz`),
    WIZARD.name,
  ]) {
    expect(child.output()).toContain(part)
  }
  expect(child.output(), 'what it does meanwhile').toContain('· starting Redis, Kafka and Postgres')
  const entries = readProcesses(dataDir)
  expect(entries.map(({ role }) => role).sort()).toEqual(['gateway', 'kafka', 'postgres', 'redis', 'server', 'web'])
  expect(entries.filter(({ pid }) => !isAlive(pid))).toEqual([])
  expect(entries.find(({ role }) => role === 'gateway')?.ports).toMatchObject({
    telnet: telnetPort,
    http: httpPorts[0],
  })
  expect(entries.find(({ role }) => role === 'web')?.ports).toEqual({ http: webPort })

  const second = await launchStart({ dataDir })
  expect(await second.child.exited(REFUSED_MS)).toBe(1)
  expect(saidLines(second.child)).toEqual([expect.stringContaining(`the data folder ${dataDir} is in use`)])
  await untilReady(httpPorts)

  await expectStopped(child, entries)
  for (const port of [telnetPort, ...httpPorts]) expect(await portIsFree(port)).toBe(true)
})

test('starts again on the same folder in under 20 s, with the same world', async () => {
  const startedAt = performance.now()
  const { child, telnetPort, httpPorts } = await launchStart({ dataDir, console: true })
  await untilBanner(child)
  await untilReady(httpPorts)
  const tookMs = performance.now() - startedAt
  console.log(`  second start: ${Math.round(tookMs)} ms until all are ready`)
  const wizard = await loginPlayer({ telnetPort }, WIZARD.name, WIZARD.password)
  const closed = wizard.closed
  await expectStopped(child, readProcesses(dataDir), 'SIGINT')
  await closed
  expect(wizard.lines.at(-1)?.text, 'players are told of a stop').toContain('going down')
  expect(child.output(), 'nothing of it has changed').not.toContain('building the console')
  expect(tookMs).toBeLessThan(SECOND_START_MS)
})

test('says in one line which port is in use', async () => {
  const [port = 0] = await freePorts(1)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen({ port, host: '127.0.0.1' }, resolve))
  try {
    const { child } = await launchStart({ dataDir, env: { HOLDFAST_TELNET_PORT: String(port) } })
    expect(await child.exited(REFUSED_MS)).toBe(1)
    expect(saidLines(child)).toEqual([expect.stringContaining(`port ${port} (HOLDFAST_TELNET_PORT) is in use`)])
    expect(processesOn(dataDir)).toEqual([])
  } finally {
    await new Promise((resolve) => other.close(resolve))
  }
})

test('says what it uses and which given service does not answer, without its secrets, and ends at once when told to', async () => {
  const [nobody = 0] = await freePorts(1)
  const given = { REDIS_URL: `redis://me:hush-hush@127.0.0.1:${nobody}`, KAFKA_BROKERS: `127.0.0.1:${nobody}` }
  const { child } = await launchStart({ dataDir, env: given })
  const places = [`using Redis at 127.0.0.1:${nobody} and Kafka at 127.0.0.1:${nobody}`, 'starting Postgres']
  const unready = ['gateway', 'server'].map(
    (role) =>
      `${role} 0 is not ready yet: kafka: not reached yet, or without its topics (KAFKA_BROKERS is 127.0.0.1:${nobody})`,
  )
  await waitUntil(() => [...places, ...unready].every((line) => child.output().includes(`· ${line}\n`)), {
    timeoutMs: REFUSED_MS,
    what: 'what does not answer',
  })
  expect(child.output()).not.toContain('hush-hush')
  child.process.kill('SIGTERM')
  expect(await child.exited(STOP_MS)).toBe(0)
  expect(processesOn(dataDir)).toEqual([])
})

test('ends every process when its own is killed and it is started again and stopped', async () => {
  const first = await launchStart({ dataDir, console: true })
  await untilBanner(first.child)
  const left = readProcesses(dataDir)
  first.child.process.kill('SIGKILL')
  await first.child.exited(STOP_MS)

  const second = await launchStart({ dataDir, console: true })
  await untilBanner(second.child)
  await untilReady(second.httpPorts)
  expect(left.filter(({ pid }) => isAlive(pid))).toEqual([])
  await expectStopped(second.child, readProcesses(dataDir))
})

test.each(['gateway', 'server'])('ends soon when the %s is told to while it waits for Kafka', async (role) => {
  const [telnet = 0, http = 0, nobody = 0] = await freePorts(3)
  const child = spawnScript(`apps/${role}/src/main.ts`, [], {
    HOLDFAST_SECRET: 'a-secret-of-the-tests-of-32-characters',
    HOLDFAST_TELNET_PORT: String(telnet),
    HOLDFAST_HTTP_PORT: String(http),
    HOLDFAST_SERVER_HTTP_PORT: String(http),
    REDIS_URL: `redis://127.0.0.1:${nobody}`,
    KAFKA_BROKERS: `127.0.0.1:${nobody}`,
    DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${nobody}/none`,
  })
  await waitUntil(async () => (await readiness(http)).status === 503, { timeoutMs: 20_000, what: '503 from /readyz' })
  child.process.kill('SIGTERM')
  try {
    expect(await child.exited(ENDS_WITHIN_MS)).not.toBeNull()
  } finally {
    child.process.kill('SIGKILL')
  }
})
