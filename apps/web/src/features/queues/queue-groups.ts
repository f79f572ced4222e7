import type { QueueEntry } from '@holdfast/store/contracts'

export interface ErrorGroup {
  /** The error with its numbers taken out: one cause, whatever port, time or count is in it. */
  fingerprint: string
  /** As the first of them says it. */
  error: string | null
  entries: readonly QueueEntry[]
  processes: readonly string[]
  attempts: { min: number; max: number }
  /** ISO; the oldest. */
  since: string
  /** ISO; the next try of any, null for none. */
  nextAt: string | null
}

/** Addresses and ports tell one outage from another; counts and times do not. */
const fingerprintOf = (error: string | null): string =>
  (error ?? '').replace(/\b\d+(?:\.\d+)?(?= ?(?:ms|s|bytes?)\b)/g, 'N').replace(/\b[0-9a-f]{8,}\b/g, 'N')

/** Entries with the same error together, the most first. */
export function groupsOf(entries: readonly QueueEntry[]): readonly ErrorGroup[] {
  const found = new Map<string, QueueEntry[]>()
  for (const entry of entries) {
    const fingerprint = fingerprintOf(entry.error)
    found.set(fingerprint, [...(found.get(fingerprint) ?? []), entry])
  }
  return [...found]
    .map(([fingerprint, group]) => groupOf(fingerprint, group))
    .sort((a, b) => b.entries.length - a.entries.length)
}

function groupOf(fingerprint: string, entries: readonly QueueEntry[]): ErrorGroup {
  const attempts = entries.map((entry) => entry.attempts)
  const nexts = entries.map(({ nextAt }) => nextAt).filter((at) => at !== null)
  return {
    fingerprint,
    error: entries[0]?.error ?? null,
    entries,
    processes: [...new Set(entries.map((entry) => entry.process))].sort(),
    attempts: { min: Math.min(...attempts), max: Math.max(...attempts) },
    since: entries.map(({ since }) => since).sort()[0] ?? '',
    nextAt: nexts.sort()[0] ?? null,
  }
}
