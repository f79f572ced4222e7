import { expect, test } from 'vitest'
import { redisFailureOf } from './redis-failure.ts'

const kindOf = (message: string) => redisFailureOf(new Error(message)).kind

test('takes as permanent only what the same write would meet again', () => {
  for (const message of [
    'WRONGTYPE Operation against a key holding the wrong kind of value script: e6a8, on @user_script:1.',
    'ERR Error running script (call to f_1): @user_script:30: WRONGTYPE Operation against a key', // Redis 6.2
    'ERR Protocol error: invalid bulk length',
    'ERR Protocol error: invalid multibulk length',
    'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
    "ERR user_script:1: attempt to perform arithmetic on local 'a' (a nil value) script: 53ed, on @user_script:1.",
  ])
    expect([message, kindOf(message)]).toEqual([message, 'permanent'])
})

test('takes everything else as passing, what nobody has thought of included', () => {
  for (const message of [
    'Command timed out',
    "OOM command not allowed when used memory > 'maxmemory'. script: e6a8, on @user_script:1.",
    'ERR Error running script (call to f_1): @user_script:30: -OOM command not allowed',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    "READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    'CLUSTERDOWN The cluster is down',
    'BUSY Redis is busy running a script.',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'NOREPLICAS Not enough good replicas to write.',
    'NOPERM this user has no permissions to run the evalsha command',
    'ERR something new',
  ])
    expect([message, kindOf(message)]).toEqual([message, 'transient'])
})

test('says in plain words what the client library says about itself', () => {
  const lost =
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.'
  expect(redisFailureOf(new Error(lost)).problem).toBe('no connection to Redis')
  expect(redisFailureOf(new Error('Command timed out')).problem).toBe('Redis did not answer in time')
  expect(redisFailureOf(new Error('NOREPLICAS Not enough good replicas')).problem).toBe(
    'NOREPLICAS Not enough good replicas',
  )
})
