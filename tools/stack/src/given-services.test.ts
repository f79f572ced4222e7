import { expect, test } from 'vitest'
import { adviceAbout, announceServices, placeOf } from './given-services.ts'

test('names where a service is, and no password or user of its URL', () => {
  expect(placeOf('redis', 'rediss://me:secret@redis.example:6380/2?x=secret')).toBe('redis.example:6380')
  expect(placeOf('redis', 'redis://:secret@[::1]')).toBe('[::1]:6379')
  expect(placeOf('kafka', 'kafka-1:9092,kafka-2:9093')).toBe('kafka-1:9092, kafka-2:9093')
  expect(placeOf('postgres', 'postgres://holdfast:secret@10.0.0.7/holdfast')).toBe('10.0.0.7:5432')
  expect(placeOf('postgres', 'postgres:///holdfast?host=/run/postgresql&password=secret')).toBe(
    'what DATABASE_URL names',
  )
})

test('says that it starts only what was not given by URL', () => {
  expect(announceServices({})).toEqual(['starting Redis, Kafka and Postgres'])
  expect(announceServices({ redis: 'redis://a:1', kafka: 'b:2' })).toEqual([
    'using Redis at a:1 and Kafka at b:2',
    'starting Postgres',
  ])
  expect(announceServices({ redis: 'redis://a:1', kafka: 'b:2', postgres: 'postgres://c:3/d' })).toEqual([
    'using Redis at a:1, Kafka at b:2 and Postgres at c:3',
  ])
})

test('advises on one and on several', () => {
  expect(adviceAbout([])).toBe('')
  expect(adviceAbout(['redis'])).toBe('start what REDIS_URL names, or correct or unset it')
  expect(adviceAbout(['redis', 'kafka'])).toBe('start what REDIS_URL and KAFKA_BROKERS name, or correct or unset them')
})
