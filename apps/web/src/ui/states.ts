import { COPIES, type Copy, type State } from '@holdfast/store/contracts'

/** Copies as columns name them. */
export const COPY_NAMES: Readonly<Record<Copy, string>> = {
  gateway: 'Gateway memory',
  server: 'Server memory',
  redis: 'Redis',
}

/** Copies within a line. */
export const COPY_WORDS: Readonly<Record<Copy, string>> = { gateway: 'gateway', server: 'server', redis: 'Redis' }

export const STATE_WORDS: Readonly<Record<State, string>> = {
  'in-sync': 'In sync',
  settling: 'Settling',
  drifted: 'Drifted',
  missing: 'Missing',
  ghost: 'Ghost',
  unknown: 'Unknown',
  ignored: 'In sync (ignored)',
}

const named = (copies: readonly Copy[]): string => copies.map((copy) => COPY_WORDS[copy]).join(', ')

/** The state with the copies it is about: `Missing in Redis`, `Only in Redis`. */
export function stateText(state: State, missingIn: readonly Copy[]): string {
  if (missingIn.length === 0) return STATE_WORDS[state]
  if (state === 'missing') return `Missing in ${named(missingIn)}`
  if (state === 'ghost') return `Only in ${named(COPIES.filter((copy) => !missingIn.includes(copy)))}`
  return STATE_WORDS[state]
}
