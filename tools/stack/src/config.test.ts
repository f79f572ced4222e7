import { ConfigError } from '@holdfast/runtime'
import { expect, test } from 'vitest'
import { readStackConfig } from './config.ts'

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readStackConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('tells every problem of the environment at once, also those that only a process would meet', () => {
  const problems = problemsOf({
    HOLDFAST_TELNET_PORT: 'telnet',
    HOLDFAST_LOGIN_WITHOUT_REDIS: 'maybe',
    HOLDFAST_GRACE_SECONDS: '0',
    HOLDFAST_WIZARD_NAME: 'me',
    HOLDFAST_WIZARD_PASSWORD: 'short',
    KAFKA_BROKERS: 'localhost',
    REDIS_URL: 'localhost:6379',
  })
  expect(problems).toEqual([
    'HOLDFAST_TELNET_PORT: use a port number from 0 (any free port) to 65535',
    'HOLDFAST_WIZARD_NAME: that name has a meaning of its own',
    'HOLDFAST_WIZARD_PASSWORD: a password has 6 to 128 characters',
    'HOLDFAST_LOGIN_WITHOUT_REDIS: use "allow" or "deny"',
    'HOLDFAST_GRACE_SECONDS: use a whole number, from 1 to 86400',
    'REDIS_URL: use a URL such as redis://127.0.0.1:6379',
    'KAFKA_BROKERS: name brokers by host and port, such as 127.0.0.1:9092, with commas between them',
  ])
})

test('takes what a process takes, and a wizard without a password', () => {
  expect(problemsOf({})).toEqual([])
  expect(
    problemsOf({
      HOLDFAST_LOGIN_WITHOUT_REDIS: 'deny',
      HOLDFAST_WIZARD_NAME: "O'Brien the Old",
      HOLDFAST_WIZARD_PASSWORD: 'a long enough one',
      KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093',
    }),
  ).toEqual([])
})
