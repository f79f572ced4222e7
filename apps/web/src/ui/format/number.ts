const COUNTS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const RATES = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** `1,204`. */
export const countText = (count: number): string => COUNTS.format(count)

/** `1 field`, `2 fields`, `1,204 sessions`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`

/** `9 of 10`. What is counted of all is never more than all: where it is, the figure for all is the older one. */
export const ofAllText = (count: number, all: number | undefined): string =>
  all === undefined ? countText(count) : `${countText(count)} of ${countText(Math.max(count, all))}`

const BADGE_MAX = 999

/** A count beside a name: `999+` at most. */
export const badgeText = (count: number): string => (count > BADGE_MAX ? `${BADGE_MAX}+` : String(count))

/** `38`, `0.4`. */
export const rateText = (perSecond: number): string => RATES.format(perSecond)

/** `0.8`, `12`: one decimal below ten. */
export const millisText = (ms: number): string => (ms < 10 ? ms.toFixed(1) : countText(ms))

const KIB = 1_024
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `184 MB`, `1.9 GB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= KIB && unit < UNITS.length - 1) {
    value /= KIB
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}

/** Of a part between 0 and 1: `41 %`. Something is never 0 %, and not everything never 100 %. */
export function percentText(part: number): string {
  const percent = Math.round(part * 100)
  if (percent === 0 && part > 0) return '1 %'
  return percent === 100 && part < 1 ? '99 %' : `${percent} %`
}
