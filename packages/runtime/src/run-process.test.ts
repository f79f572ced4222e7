import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { waitUntil } from './testing/wait-until.ts'

const fixture = fileURLToPath(new URL('./testing/process-fixture.ts', import.meta.url))

function run(behaviour: string, { ipc = false } = {}) {
  const child: ChildProcess = spawn(process.execPath, [fixture, behaviour], {
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (said.stdout += chunk))
  child.stderr?.on('data', (chunk) => (said.stderr += chunk))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  const saying = (word: string) =>
    waitUntil(() => said.stdout.split('\n').includes(word), { what: `"${word}" on stdout`, timeoutMs: 10_000 })
  return { child, said, exit, saying }
}

test.for(['SIGTERM', 'SIGINT'] as const)('releases all and exits 0 at %s', async (signal) => {
  const { child, exit, saying } = run('serve')
  await saying('acquired')
  child.kill(signal)
  expect(await exit).toBe(0)
  await saying('released')
})

test('exits at once at the second signal', async () => {
  const { child, exit, saying } = run('hang')
  await saying('acquired')
  child.kill('SIGTERM')
  await saying('hanging')
  child.kill('SIGINT')
  expect(await exit).toBe(130)
})

test('prints every configuration problem and exits 78', async () => {
  const { said, exit } = run('config')
  expect(await exit).toBe(78)
  const lines = 'A_PORT is not set: set it\nB_PORT: use a port number from 0 (any free port) to 65535\n'
  await waitUntil(() => said.stderr === lines, { what: 'both problems on stderr, and nothing else' })
})

test('releases what was acquired when the start fails, and says why in one line', async () => {
  const { said, exit, saying } = run('fail')
  expect(await exit).toBe(1)
  const line = 'fixture could not start: no Redis at 127.0.0.1:6379\n'
  await waitUntil(() => said.stderr === line, { what: 'one line on stderr' })
  await saying('released')
})

test('exits 70 at an unhandled rejection, with the reason in the log', async () => {
  const { said, exit } = run('reject')
  expect(await exit).toBe(70)
  await waitUntil(() => said.stdout.includes('forgotten'), { what: 'the reason in the log' })
})

test('lives on after a rejection that it was told to forgive, and says so in the log', async () => {
  const { child, said, exit } = run('forgive')
  await waitUntil(() => said.stdout.includes('a library forgot this'), { what: 'the reason in the log' })
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('exits 0 when it stops itself', async () => {
  const { exit, saying } = run('done')
  expect(await exit).toBe(0)
  await saying('released')
})

test('stops when its supervisor is gone', async () => {
  const { child, exit, saying } = run('serve', { ipc: true })
  await saying('acquired')
  child.disconnect()
  expect(await exit).toBe(0)
  await saying('released')
})
