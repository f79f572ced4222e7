import { z } from 'zod'
import { port, readConfig } from '../config.ts'
import { runProcess } from '../run-process.ts'

/** A process for run-process.test.ts; the first argument says how it behaves. It says on stdout what it holds. */
const behaviour = process.argv[2]
const say = (word: string): void => void process.stdout.write(`${word}\n`)

const isForgivable = (reason: unknown): boolean => reason instanceof RangeError

await runProcess({ name: 'fixture', deadlineMs: 500, isForgivable }, async (lifecycle) => {
  if (behaviour === 'config') readConfig(z.object({ A_PORT: port(), B_PORT: port() }), { B_PORT: 'x' })
  await lifecycle.acquire(
    'part',
    () => say('acquired'),
    () => (behaviour === 'hang' ? new Promise(() => say('hanging')) : say('released')),
    behaviour === 'hang' ? { deadlineMs: 60_000 } : {},
  )
  if (behaviour === 'fail') throw new Error('no Redis at 127.0.0.1:6379')
  if (behaviour === 'reject') void Promise.reject(new Error('forgotten'))
  if (behaviour === 'forgive') void Promise.reject(new RangeError('a library forgot this'))
  if (behaviour === 'done') await lifecycle.stop('done')
})
