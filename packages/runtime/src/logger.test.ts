import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function capture() {
  const lines: string[] = []
  const logger = createLogger({ name: 'gateway', level: 'debug', destination: { write: (line) => lines.push(line) } })
  return { lines, logger }
}

test('keeps secrets, addresses and player text out of the log, nested ones too', () => {
  const { lines, logger } = capture()
  const hidden = { password: 'XX1', secret: 'XX2', token: 'XX3', ip: 'XX4', host: 'XX5', line: 'XX6', text: 'XX7' }
  logger.info({ ...hidden, session: { ...hidden, inner: { ...hidden, deep: hidden } } }, 'hidden')
  const headers = { cookie: 'XX8', authorization: 'XX9', 'set-cookie': 'XX10', accept: 'shown' }
  logger.info({ ...headers, req: { headers } }, 'headers')
  logger.child({ token: 'XX11' }).warn('child')
  expect(lines).toHaveLength(3)
  expect(lines.join('')).not.toContain('XX')
  expect(lines.join('')).toContain('shown')
})

test('logs errors with stack and code, and a readable level', () => {
  const { lines, logger } = capture()
  logger.error({ err: Object.assign(new Error('no route'), { code: 'E1', password: 'XX' }) }, 'failed')
  const line: unknown = JSON.parse(lines[0] ?? '')
  expect(line).toMatchObject({
    level: 'error',
    name: 'gateway',
    msg: 'failed',
    err: { message: 'no route', code: 'E1' },
  })
  expect(lines[0]).not.toContain('XX')
})

test('keeps the parameters of a failed query out of the log, those of its cause too', () => {
  const { lines, logger } = capture()
  const cause = Object.assign(new Error('Failed query: select 1\nparams: XX1'), { params: ['XX2'] })
  logger.error(
    { err: Object.assign(new Error('Failed query: select 2\nparams: XX3', { cause }), { query: 'XX4' }) },
    'failed',
  )
  expect(lines[0]).toContain('Failed query: select 2')
  expect(lines[0]).not.toContain('XX')
})
