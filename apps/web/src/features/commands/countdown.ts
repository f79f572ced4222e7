/** What was confirmed, on its way to being done: `act` is as it was then, whatever the form says since. */
export interface Countdown {
  /** Seconds left in which it can be stopped. */
  left: number
  act: () => void
}

/** A second later: still counting, or due now. */
export function ticked({ left, act }: Countdown): { next: Countdown; due: null } | { next: null; due: () => void } {
  return left > 1 ? { next: { left: left - 1, act }, due: null } : { next: null, due: act }
}
