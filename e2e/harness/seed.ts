/** A repeatable source of chance. Its seed is printed; `HOLDFAST_E2E_SEED` brings a run back. */
export interface Chance {
  readonly seed: number
  /** From `low` (included) to `high` (excluded). */
  between(low: number, high: number): number
}

/** mulberry32: 32 bits of state are enough to choose moments, and it is the same everywhere. */
export function createChance(what: string): Chance {
  const given = Number(process.env.HOLDFAST_E2E_SEED)
  const seed = Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1
  let state = seed
  console.log(`  ${what}: seed ${seed} (HOLDFAST_E2E_SEED=${seed} repeats it)`)
  return {
    seed,
    between(low, high) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return low + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (high - low)
    },
  }
}

/** `count` moments in [from, to), ms, in order. */
export function momentsOf(chance: Chance, count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, () => Math.round(chance.between(from, to))).sort((a, b) => a - b)
}
