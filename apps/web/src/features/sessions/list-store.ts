import type { LivePatch, Sessions } from '@holdfast/store/contracts'
import {
  applyLatest,
  EMPTY_LIST,
  forgetRevisions,
  hasMissed,
  hasNew,
  type SessionList,
  takePage,
  takePatch,
} from './session-list.ts'

/** When a list should be asked for again. */
export type Staleness = 'none' | 'later' | 'now'

export interface ListStore {
  readonly list: SessionList
  subscribe(listener: () => void): () => void
  /** `question`: what the page answers. */
  takePage(question: string, page: Sessions): void
  /** `at`: the console's time, epoch ms. How stale that makes what is shown. */
  takePatch(patch: LivePatch, at: number): Staleness
  /** While true, membership and order on the screen stay. */
  setHeld(isHeld: boolean): void
  apply(): void
  /** Everything is asked for again, and counts whatever its revision. */
  resync(): void
}

/** What the page of sessions shows, outside of React: it changes four times a second. */
export function createListStore(): ListStore {
  const listeners = new Set<() => void>()
  let list = EMPTY_LIST
  let isHeld = false
  const set = (next: SessionList): void => {
    if (next === list) return
    list = next
    for (const listener of listeners) listener()
  }
  return {
    get list() {
      return list
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    takePage: (question, page) => set(takePage(list, question, page, isHeld)),
    takePatch(patch, at) {
      if (!list.latest) return 'none'
      const isNow = hasNew(list, patch) || hasMissed(list, patch) || patch.rm.some((sid) => list.rows.has(sid))
      set(takePatch(list, patch, at))
      return isNow ? 'now' : 'later'
    },
    setHeld(next) {
      const isLetGo = isHeld && !next
      isHeld = next
      if (isLetGo) set(applyLatest(list))
    },
    apply: () => set(applyLatest(list)),
    resync: () => set(forgetRevisions(list)),
  }
}
