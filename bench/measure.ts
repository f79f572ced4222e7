/** How a thing was in several rounds. */
export type Spread = { median: number; low: number; high: number }

export type Goal = {
  /** What the goal is a bound of: ours divided by the reference, or ours alone. */
  of: 'ratio' | 'ours'
  kind: 'most' | 'least'
  bound: number
}

export type Unit = 'ns' | 'us' | 'ms' | 'updates/s' | 'bytes' | 'rows'

/** One measured claim: ours beside the reference, of the same rounds of the same run. */
export type Row = {
  what: string
  reference: string
  unit: Unit
  ours: Spread
  base: Spread
  /** Median, lowest and highest of the rounds' own ratios. */
  ratio: Spread
  goal: Goal | null
  met: boolean | null
  note: string | null
}

export type Claim = {
  /** The file's name. */
  name: string
  title: string
  /** How it was measured, a sentence each. */
  method: readonly string[]
  rows: readonly Row[]
}

/** One round's pair, measured one right after the other. */
export type Pair = { ours: number; base: number }

export const atMost = (bound: number, of: Goal['of'] = 'ratio'): Goal => ({ of, kind: 'most', bound })
export const atLeast = (bound: number, of: Goal['of'] = 'ratio'): Goal => ({ of, kind: 'least', bound })

/** What share `p` of the values does not exceed; NaN for none. */
export function percentile(values: Float64Array | readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 0.5), low: Math.min(...values), high: Math.max(...values) }
}

type RowText = Pick<Row, 'what' | 'reference' | 'unit'> & { goal?: Goal; note?: string }

export function rowOf({ what, reference, unit, goal, note }: RowText, pairs: readonly Pair[]): Row {
  const ours = spreadOf(pairs.map((pair) => pair.ours))
  const base = spreadOf(pairs.map((pair) => pair.base))
  const ratio = spreadOf(pairs.map((pair) => pair.ours / pair.base))
  const met = goal === undefined ? null : isMet(goal, goal.of === 'ratio' ? ratio.median : ours.median)
  return { what, reference, unit, ours, base, ratio, goal: goal ?? null, met, note: note ?? null }
}

/** A figure that could not be had is not a goal that was met. */
const isMet = ({ kind, bound }: Goal, figure: number): boolean =>
  Number.isFinite(figure) && (kind === 'most' ? figure <= bound : figure >= bound)

/**
 * Rounds of several measures, interleaved: the order turns round each time, so that what drifts (heat, other people's
 * load, the size of a log) meets all of them alike. The first `warmUps` rounds do not count.
 */
export async function rounds<K extends string>(
  count: number,
  warmUps: number,
  measures: Readonly<Record<K, () => number | Promise<number>>>,
): Promise<Record<K, number>[]> {
  const names = namesOf(measures)
  const found: Record<K, number>[] = []
  for (let round = 0; round < warmUps + count; round++) {
    const figures: Partial<Record<K, number>> = {}
    for (const name of round % 2 === 0 ? names : names.toReversed()) figures[name] = await measures[name]()
    if (round >= warmUps && isComplete(figures, names)) found.push(figures)
  }
  return found
}

function namesOf<K extends string>(measures: Readonly<Record<K, unknown>>): K[] {
  const names: K[] = []
  for (const name in measures) names.push(name)
  return names
}

const isComplete = <K extends string>(
  figures: Partial<Record<K, number>>,
  names: readonly K[],
): figures is Record<K, number> => names.every((name) => name in figures)

/** ns for each of `count` operations, which `work` does. */
export function nsEach(count: number, work: () => void): number {
  const startedAt = performance.now()
  work()
  return ((performance.now() - startedAt) * 1e6) / count
}
