import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@holdfast/runtime/testing'
import { expect, onTestFinished, test } from 'vitest'
import { launch } from './service.ts'
import { Unready } from './unready.ts'

/** A real process that lives and whose probe says what the test has it say, on a clock that the test moves. */
async function launchUnready(probe: () => Promise<boolean>) {
  const clock = manualClock()
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-service-'))
  const said: string[] = []
  const service = await launch({
    role: 'server',
    ports: {},
    url: '',
    command: ['sleep', '60'],
    logFile: join(dir, 'server-0.log'),
    readyDeadlineMs: 50_000,
    probe,
    onUnready: (why) => void said.push(why),
    clock,
  })
  onTestFinished(async () => {
    service.kill('SIGKILL')
    await service.exited
    rmSync(dir, { recursive: true, force: true })
  })
  return { clock, said, service }
}

test('says within five seconds why a process is not ready, and then seldom, and gives up with what to do', async () => {
  const { clock, said, service } = await launchUnready(async () => {
    throw new Unready('redis: no answer', { advice: 'start Redis' })
  })
  await clock.advance(4_900)
  expect(said).toEqual([])
  await clock.advance(200)
  expect(said).toEqual(['redis: no answer'])
  await clock.advance(44_000)
  expect(said).toHaveLength(3)
  const failed = expect(service.ready).rejects.toThrow('it is not ready after 50 s: redis: no answer; start Redis')
  await clock.advance(2_000)
  await failed
})

test('says nothing of a process that is ready in time', async () => {
  const { clock, said, service } = await launchUnready(async () => true)
  await clock.advance(10_000)
  await service.ready
  expect(said).toEqual([])
})
