/** Who has touched nothing for so long is away. */
export const AWAY_AFTER_MS = 60_000

/** What a person does with a page; a page that is only open does none of it. */
export const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

export interface Presence {
  touched(): void
  /** Marks what the page asks by itself while nobody is there: it keeps nobody signed in. */
  mark(init: RequestInit | undefined): RequestInit | undefined
}

/** Whether somebody is at the page. `now` in ms; a page that has just been opened was opened by somebody. */
export function createPresence(now: () => number): Presence {
  let touchedAt = now()
  return {
    touched() {
      touchedAt = now()
    },
    mark(init) {
      if (now() - touchedAt <= AWAY_AFTER_MS) return init
      const headers = new Headers(init?.headers)
      headers.set('x-holdfast-background', '1')
      return { ...init, headers }
    },
  }
}
