import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { problemSchema } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { others } from '../route.ts'
import { createApiRig } from '../testing/api-rig.ts'

const API = resolve(import.meta.dirname, '../../app/api')

test('an address that is none, and a method that it does not take, are problems as all errors are', async () => {
  const { ask } = createApiRig()
  const none = await ask('notFound')
  expect([none.status, none.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  expect(problemSchema.parse(await none.json())).toMatchObject({ code: 'not-found' })
  const wrong = await ask('notAllowed', { method: 'POST', params: { allow: 'GET, HEAD, OPTIONS' } })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  expect(problemSchema.parse(await wrong.json())).toMatchObject({ code: 'wrong-method', status: 405 })
})

test('every route of the API answers every method', () => {
  for (const file of globSync('**/route.ts', { cwd: API })) {
    const text = readFileSync(resolve(API, file), 'utf8')
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(text, file).toMatch(new RegExp(`export const (?:${method} =|\\{[^}]*\\b${method}\\b[^}]*\\} =)`))
    }
    const [, own] = /export const ([A-Z]+) =/.exec(text) ?? []
    if (own !== undefined) expect(text, file).toContain(`others('${own}')`)
  }
})

test('what a route takes is told to who asks for that', async () => {
  const options = others('GET').OPTIONS()
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
})

test('a console that is starting answers by a problem', async () => {
  const response = await others('GET').POST(new Request('http://localhost/'))
  expect(response.status).toBe(503)
  expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'unavailable', part: 'console' })
})
