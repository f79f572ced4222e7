export interface InputHistory {
  /** Oldest first. */
  readonly entries: readonly string[]
  /** Which entry is in the box; null for what is being typed. */
  readonly at: number | null
  /** What was typed before going back. */
  readonly draft: string
}

export const HISTORY_ENTRIES_MAX = 200

export const EMPTY_HISTORY: InputHistory = { entries: [], at: null, draft: '' }

/** With this line as its newest. The same line twice in a row is one entry; an empty one is none. */
export function remember(history: InputHistory, line: string): InputHistory {
  const { entries } = history
  const isNew = line.trim() !== '' && line !== entries.at(-1)
  return { entries: isNew ? [...entries, line].slice(-HISTORY_ENTRIES_MAX) : entries, at: null, draft: '' }
}

export type Step = { history: InputHistory; text: string } | null

/** The next older entry that begins with what was typed; null where there is none. */
export function older(history: InputHistory, typed: string): Step {
  const { entries, at } = history
  const draft = at === null ? typed : history.draft
  return goTo(history, draft, typed, entries.slice(0, at ?? entries.length).findLastIndex(fits(draft, typed)))
}

/** The next newer one, and at the end what was being typed; null where that is in the box already. */
export function newer(history: InputHistory, typed: string): Step {
  const { entries, at, draft } = history
  if (at === null) return null
  const found = entries.slice(at + 1).findIndex(fits(draft, typed))
  if (found === -1) return { history: { entries, at: null, draft: '' }, text: draft }
  return goTo(history, draft, typed, at + 1 + found)
}

/** Typing in an entry makes it what is being typed: the next step back begins with it. */
export const edited = (history: InputHistory): InputHistory => ({ ...history, at: null, draft: '' })

const fits =
  (draft: string, typed: string) =>
  (entry: string): boolean =>
    entry.startsWith(draft) && entry !== typed

function goTo({ entries }: InputHistory, draft: string, typed: string, at: number): Step {
  const text = entries[at]
  return text === undefined || text === typed ? null : { history: { entries, at, draft }, text }
}
