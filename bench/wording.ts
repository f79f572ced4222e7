import type { Machine, Versions } from './machine.ts'
import type { Claim, Goal, Row, Spread, Unit } from './measure.ts'

export type MeasuredClaim = Claim & { busyBefore: number; tookS: number }

export type Report = { at: string; machine: Machine; versions: Versions; claims: readonly MeasuredClaim[] }

const DIGITS_SMALL = 2

/** Three significant digits at least, thousands grouped. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '?'
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : DIGITS_SMALL
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export const amount = (value: number, unit: Unit): string => `${figure(value)} ${unit}`

const times = (value: number): string => `${figure(value)} x`

export const ratioText = ({ median, low, high }: Spread): string =>
  `${times(median)} (${figure(low)} to ${figure(high)})`

export function goalText(goal: Goal | null, unit: Unit): string {
  if (!goal) return '-'
  const bound = goal.of === 'ratio' ? `${goal.bound} x` : `${goal.bound.toLocaleString('en-GB')} ${unit}`
  return `${goal.kind === 'most' ? '<=' : '>='} ${bound}`
}

export const metText = ({ met }: Row): string => (met === null ? '-' : met ? 'met' : 'NOT MET')
