const FIRST_MS = 50
const MAX_MS = 2_000

/** How long to wait before try number `attempts` + 1, ms: full jitter under 50 ms doubled each time, at most 2 s. */
export function backOffMs(attempts: number, random: () => number): number {
  return random() * Math.min(FIRST_MS * 2 ** Math.min(attempts, 16), MAX_MS)
}
