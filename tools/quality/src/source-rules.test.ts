import { expect, test } from 'vitest'
import { lockFileProblems, sourceProblems } from './source-rules.ts'

const problems = (path: string, text: string) => sourceProblems([{ path, text }])

test('refuses a file of more than 400 lines', () => {
  expect(problems('apps/server/src/big.ts', 'x\n'.repeat(400))).toEqual([])
  expect(problems('apps/server/src/big.ts', 'x\n'.repeat(401))).toEqual([
    'apps/server/src/big.ts: 401 lines; split it (at most 400)',
  ])
})

test('lets only config.ts and tests read the environment', () => {
  const text = 'const port = process.env.PORT\n'
  expect(problems('apps/gateway/src/config.ts', text)).toEqual([])
  expect(problems('apps/gateway/test/process.test.ts', text)).toEqual([])
  expect(problems('tools/stack/src/programs.ts', text)).toEqual([])
  expect(problems('apps/gateway/src/gateway.ts', text)).toHaveLength(1)
})

test('keeps each client library in its folder', () => {
  expect(problems('packages/store/src/redis/create-redis.ts', "import { Redis } from 'ioredis'\n")).toEqual([])
  expect(problems('packages/store/src/kafka/lag.ts', "import { Redis } from 'ioredis'\n")).toHaveLength(1)
  expect(problems('apps/server/src/bus.ts', "import type { Kafka } from 'kafkajs'\n")).toHaveLength(1)
  expect(problems('apps/server/src/bus.ts', "const kafka = await import('kafkajs')\n")).toHaveLength(1)
})

test('keeps contracts free of everything but zod', () => {
  const path = 'packages/store/src/contracts/output.ts'
  expect(problems(path, "import { z } from 'zod'\nimport { sid } from './session-id.ts'\n")).toEqual([])
  expect(problems(path, "import { hash } from 'node:crypto'\n")).toHaveLength(1)
  expect(problems(path, "export { key } from '../redis/keys.ts'\n")).toHaveLength(1)
})

test('refuses a lock file that names a registry', () => {
  expect(lockFileProblems('package-lock.json', '"resolved": "packages/store", "link": true')).toEqual([])
  expect(lockFileProblems('package-lock.json', '"resolved": "https://mirror.example/a.tgz"')).toHaveLength(1)
})
