import fc from 'fast-check'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createSid, PARTITIONS, parseSid, partitionOf, sidSchema } from './session-id.ts'

const ulids = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/)

test('keeps a session in the partition that its ULID names, whoever asks', () => {
  fc.assert(
    fc.property(ulids, (text) => {
      const sid = createSid(text)
      expect(sid).toBe(createSid(text))
      expect(partitionOf(sid)).toBeGreaterThanOrEqual(0)
      expect(partitionOf(sid)).toBeLessThan(PARTITIONS)
      expect(parseSid(sid)).toBe(sid)
    }),
  )
})

test('never moves a session that exists: these partitions are stored', () => {
  expect(createSid('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('0-01ARZ3NDEKTSV4RRFFQ69G5FAV')
  expect(createSid('00000000000000000000000000')).toBe('19-00000000000000000000000000')
})

test('spreads real ULIDs over all partitions', () => {
  const counts = new Map<number, number>()
  for (let i = 0; i < PARTITIONS * 60; i++) {
    const partition = partitionOf(createSid(ulid()))
    counts.set(partition, (counts.get(partition) ?? 0) + 1)
  }
  expect(counts.size).toBe(PARTITIONS)
  // 60 each are expected, give or take 8 (one standard deviation).
  expect(Math.min(...counts.values())).toBeGreaterThan(20)
  expect(Math.max(...counts.values())).toBeLessThan(110)
})

test('takes a sid at its word about the partition, so that no key lies where nobody looks', () => {
  fc.assert(
    fc.property(ulids, fc.nat(PARTITIONS - 1), (text, partition) => {
      const sid = parseSid(`${partition.toString(36)}-${text}`)
      expect(sid && partitionOf(sid)).toBe(partition)
    }),
  )
})

test('refuses a partition that does not exist', () => {
  for (let partition = PARTITIONS; partition < 36 * 36; partition++) {
    expect(parseSid(`${partition.toString(36)}-01ARZ3NDEKTSV4RRFFQ69G5FAV`)).toBeNull()
  }
})

test.each([
  '',
  '-',
  'x',
  '0-',
  '00-01ARZ3NDEKTSV4RRFFQ69G5FAV',
  '0-01arz3ndektsv4rrffq69g5fav',
  '0-ILOUILOUILOUILOUILOUILOUIL',
])('refuses %j, which is no sid', (text) => {
  expect(parseSid(text)).toBeNull()
})

test('refuses a second spelling of a sid that exists', () => {
  const sid = createSid('01ARZ3NDEKTSV4RRFFQ69G5FAV')
  for (const other of [`0${sid}`, ` ${sid}`, `${sid}\n`, `${sid} `, sid.toLowerCase()])
    expect(parseSid(other)).toBeNull()
})

test.each([null, 7, {}, undefined])('refuses %j, which is no text', (value) => {
  expect(sidSchema.safeParse(value).success).toBe(false)
})

test('makes no sid of what is no ULID', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(text))
      expect(() => createSid(text)).toThrow(TypeError)
    }),
  )
})
