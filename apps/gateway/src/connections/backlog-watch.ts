import type { Limits } from './limits.ts'

export interface BacklogWatch {
  /** `tell`: the bound has just been passed; `end`: the client had its time, or there is more than may be kept. */
  look(bytes: number, now: number): 'ok' | 'tell' | 'slow' | 'end'
}

/** What to do about output that a client does not take. A client that gets below the bound has its whole grace again. */
export function createBacklogWatch({
  backlogBytesMax,
  backlogBytesHard,
  slowGraceMs,
}: Pick<Limits, 'backlogBytesMax' | 'backlogBytesHard' | 'slowGraceMs'>): BacklogWatch {
  let slowSince: number | null = null
  return {
    look(bytes, now) {
      if (bytes > backlogBytesHard) return 'end'
      if (bytes <= backlogBytesMax) {
        slowSince = null
        return 'ok'
      }
      if (slowSince === null) {
        slowSince = now
        return 'tell'
      }
      return now - slowSince >= slowGraceMs ? 'end' : 'slow'
    },
  }
}
