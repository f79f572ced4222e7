import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { problemCodeSchema } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { problem } from './problem.ts'

const WEB = resolve(import.meta.dirname, '../..')
const docs = readFileSync(resolve(WEB, '../../docs/api.md'), 'utf8')

/** `GET /api/sessions/:sid`, for each export of each route file. */
function routes(): string[] {
  return globSync('src/app/**/route.ts', { cwd: WEB }).flatMap((file) => {
    const path = file.slice('src/app'.length, -'/route.ts'.length).replaceAll(/\[(\w+)\]/g, ':$1')
    const methods = [...readFileSync(resolve(WEB, file), 'utf8').matchAll(/export const ([A-Z]+) =/g)]
    return methods.map(([, method]) => `${method} ${path}`)
  })
}

test('every route is in docs/api.md, and every route there exists', () => {
  const documented = [...docs.matchAll(/^\| `((?:GET|POST|DELETE) [^`]+)`(.*?) +\|/gm)].flatMap(
    ([, first = '', more = '']) => {
      const [method = ''] = first.split(' ')
      return [first, ...[...more.matchAll(/`(\/[^`]+)`/g)].map(([, path]) => `${method} ${path}`)]
    },
  )
  expect(documented.sort()).toEqual(routes().sort())
})

test('every code of an error is in docs/api.md with the status that it has', () => {
  const documented = [...docs.matchAll(/^\| (\d{3}) +\| `([a-z-]+)` +\|/gm)].map(
    ([, status, code]) => `${status} ${code}`,
  )
  const actual = problemCodeSchema.options.map((code) => `${problem('id', code).status} ${code}`)
  expect(documented.sort()).toEqual(actual.sort())
})
