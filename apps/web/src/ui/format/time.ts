const two = (value: number): string => String(value).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

type Moment = string | number

/** `02:14:08`, in the browser's time zone. */
export function timeText(moment: Moment): string {
  const date = new Date(moment)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `02:13:54.310`. */
export const preciseTimeText = (moment: Moment): string =>
  `${timeText(moment)}.${String(new Date(moment).getMilliseconds()).padStart(3, '0')}`

const isSameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString()

const dayText = (date: Date, now: Date): string => {
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`
}

/** The time alone for today, `22 Nov 23:58` for before. */
export function whenText(moment: Moment, now: number): string {
  const date = new Date(moment)
  const today = new Date(now)
  return isSameDay(date, today)
    ? timeText(moment)
    : `${dayText(date, today)} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** As precise as it is kept: `22 Nov 22:03:11.482`; today's without the day. */
export function preciseWhenText(moment: Moment, now: number): string {
  const date = new Date(moment)
  const today = new Date(now)
  return isSameDay(date, today) ? preciseTimeText(moment) : `${dayText(date, today)} ${preciseTimeText(moment)}`
}
