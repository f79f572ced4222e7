import type { Clock } from '@holdfast/runtime'
import type { LogReader } from '../kafka/log-reader.ts'

export interface ReadProgress {
  /** Everything that lay in the topic at this monotonic time has been read; null before the first time. */
  readonly asOf: number | null
  /** To be called several times a second. */
  look(): void
}

/** How far a reader is, in time: by itself it only knows how many records wait, and since when it had no answer. */
export function createReadProgress(
  clock: Clock,
  reader: () => Pick<LogReader, 'lag' | 'silentMs'> | null,
): ReadProgress {
  let asOf: number | null = null
  return {
    get asOf() {
      return asOf
    },
    look() {
      const current = reader()
      if (!current || current.lag > 0) return
      // Its last answer, however long ago: a console whose own loop is busy looks seldom, and never right behind an answer.
      asOf = Math.max(asOf ?? Number.NEGATIVE_INFINITY, clock.monotonic() - current.silentMs)
    },
  }
}
