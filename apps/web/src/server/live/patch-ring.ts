import type { LivePatch, LiveResync } from '@holdfast/store/contracts'
import { mergePatches, sizeOf } from './merge-patches.ts'

/** A minute of patches at four a second, and no more rows than fit into some 20 MB. */
const PATCHES_MAX = 240
const ROWS_MAX = 40_000

/** What a stream that comes back is sent: what it missed, in one; nothing; or word that it has to ask for everything. */
export type Missed =
  | { kind: 'patch'; patch: LivePatch }
  | { kind: 'nothing' }
  | { kind: 'resync'; reason: LiveResync['reason'] }

export interface PatchRing {
  add(patch: LivePatch): void
  /** For one who has everything up to `id` (`<epoch>-<rev>`); `rev` is where the console is now. */
  missedSince(id: string, rev: number): Missed
  /** What comes next does not follow on what is here. */
  clear(): void
  readonly rows: number
}

/** The last patches, for streams that broke. */
export function createPatchRing(epoch: string): PatchRing {
  let patches: LivePatch[] = []
  let rows = 0

  return {
    add(patch) {
      patches.push(patch)
      rows += sizeOf(patch)
      while (patches.length > PATCHES_MAX || rows > ROWS_MAX) {
        const oldest = patches.shift()
        if (oldest === undefined) break
        rows -= sizeOf(oldest)
      }
    },
    missedSince(id, rev) {
      const at = id.lastIndexOf('-')
      const seen = Number(id.slice(at + 1))
      if (id.slice(0, at) !== epoch || !Number.isSafeInteger(seen) || seen > rev) {
        return { kind: 'resync', reason: 'restarted' }
      }
      const newer = patches.filter(({ to }) => to > seen)
      const [first] = newer
      if (first === undefined) {
        // Nothing newer is here: either nothing has changed, or it was let go.
        const last = patches.at(-1)
        return last !== undefined && last.to === seen ? { kind: 'nothing' } : tooOldUnless(seen === rev)
      }
      const patch = first.from <= seen ? mergePatches(newer) : null
      return patch === null ? tooOldUnless(false) : { kind: 'patch', patch }
    },
    clear() {
      patches = []
      rows = 0
    },
    get rows() {
      return rows
    },
  }
}

const tooOldUnless = (isFine: boolean): Missed => (isFine ? { kind: 'nothing' } : { kind: 'resync', reason: 'too-old' })
