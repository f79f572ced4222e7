import type { TrendPoint } from '@holdfast/store/contracts'
import { expect, test } from 'vitest'
import { timeText } from '#ui/format/time.ts'
import { TREND_SPAN_MS, trendShape } from './trend-shape.ts'

const EVERY_MS = 10_000
const TO = Date.parse('2026-11-24T02:14:00Z')
const FROM = TO - TREND_SPAN_MS
const point = (interval: number, change: Partial<TrendPoint> = {}): TrendPoint => ({
  at: new Date(FROM + interval * EVERY_MS).toISOString(),
  wrong: 0,
  settling: 1,
  unknown: 0,
  away: null,
  ...change,
})
const points = (from: number, to: number, change: Partial<TrendPoint> = {}): TrendPoint[] =>
  Array.from({ length: to - from }, (_, index) => point(from + index, change))
const shape = (all: TrendPoint[]) => trendShape({ asOf: new Date(TO).toISOString(), everyMs: EVERY_MS, points: all })
const at = (interval: number): number => FROM + interval * EVERY_MS

test('an hour that was seen whole is one line for each state, with nothing to explain', () => {
  const { runs, bands, rows, words } = shape(points(0, 360, { wrong: 2 }))
  expect([runs.wrong.length, runs.settling.length, bands.length, rows.length]).toEqual([1, 1, 0, 12])
  expect(rows.every(({ note, most }) => note === '' && most.wrong === 2)).toBe(true)
  expect(words).toBe('At most at one moment of the last hour: 2 drifted, missing or ghost, 1 settling, 0 Unknown.')
})

test('what was not seen is a gap with its reason: before the first point, between two, after the last', () => {
  const { runs, bands, rows, words } = shape([...points(60, 100), ...points(120, 300)])
  expect(bands).toEqual([
    { kind: 'gap', from: FROM, to: at(60), reason: `not seen before ${timeText(at(60))}` },
    { kind: 'gap', from: at(100), to: at(120), reason: `not seen ${timeText(at(100))} to ${timeText(at(120))}` },
    { kind: 'gap', from: at(300), to: TO, reason: `not seen since ${timeText(at(300))}` },
  ])
  expect(runs.settling.map((run) => run.length)).toEqual([40, 180])
  expect(rows[0]).toEqual({ from: FROM, most: { wrong: null, settling: null, unknown: null }, note: 'not seen' })
  expect(words).toContain(`Not seen before ${timeText(at(60))}.`)
  expect(shape([]).words).toBe('Nothing was seen in the last hour.')
})

test('while a copy cannot be read nothing is drawn or told as not wrong', () => {
  const outage = points(100, 112, { unknown: 9, away: 'redis' })
  const { runs, bands, rows } = shape([...points(0, 100), ...outage, ...points(112, 360)])
  expect(runs.wrong.map((run) => run.length)).toEqual([100, 248])
  expect(runs.unknown.map((run) => run.length)).toEqual([360])
  expect(bands).toMatchObject([{ kind: 'away', from: at(100), to: at(112) }])
  expect(rows[3]).toMatchObject({ most: { wrong: 0, unknown: 9 }, note: 'Redis unreachable' })
  const both = shape(points(0, 360, { wrong: 0, unknown: 9, away: 'both' }))
  expect(both.rows.every(({ most }) => most.wrong === null)).toBe(true)
})
