const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number): string => String(value).padStart(2, '0')
const whole = (ms: number, unit: number): number => Math.floor(ms / unit)

/** An age as a sentence says it: `0.4 s`, `38 s`, `9 min 37 s`, `16 min`, `3 h 12 min`, `2 d 4 h`. Below zero (clocks differ): `0.0 s`. */
export function ageText(ms: number): string {
  const age = Math.max(0, ms)
  if (age < 10 * SECOND - 50) return `${(age / SECOND).toFixed(1)} s`
  if (age < MINUTE) return `${Math.min(59, Math.round(age / SECOND))} s`
  if (age < 10 * MINUTE) return `${whole(age, MINUTE)} min ${whole(age % MINUTE, SECOND)} s`
  if (age < HOUR) return `${whole(age, MINUTE)} min`
  if (age < DAY) return `${whole(age, HOUR)} h ${whole(age % HOUR, MINUTE)} min`
  return `${whole(age, DAY)} d ${whole(age % DAY, HOUR)} h`
}

/** A wait in its largest unit, for a narrow column: `12s`, `41m`, `5h`, `2d`. */
export function shortSpan(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${whole(span, SECOND)}s`
  if (span < HOUR) return `${whole(span, MINUTE)}m`
  return span < DAY ? `${whole(span, HOUR)}h` : `${whole(span, DAY)}d`
}

/** How long something has lasted, hours and minutes: `00:42`, `13:07`, `1d 04:11`. */
export function clockSpan(ms: number): string {
  const span = Math.max(0, ms)
  const days = whole(span, DAY)
  const clock = `${two(whole(span % DAY, HOUR))}:${two(whole(span % HOUR, MINUTE))}`
  return days > 0 ? `${days}d ${clock}` : clock
}

/** Two units, for figures: `36s`, `9m 36s`, `2h 05m`, `3d 04h`. */
export function figureSpan(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${whole(span, SECOND)}s`
  if (span < HOUR) return `${whole(span, MINUTE)}m ${two(whole(span % MINUTE, SECOND))}s`
  if (span < DAY) return `${whole(span, HOUR)}h ${two(whole(span % HOUR, MINUTE))}m`
  return `${whole(span, DAY)}d ${two(whole(span % DAY, HOUR))}h`
}
