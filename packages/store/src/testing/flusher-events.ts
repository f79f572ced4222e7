import type { FlusherEvents } from '../write-behind/partition-flusher.ts'

/** Events of which a test hears only those that it gives. */
export function flusherEvents(given: Partial<FlusherEvents> = {}): FlusherEvents {
  const quiet = (): void => undefined
  return {
    onFenced: quiet,
    onRolledBack: quiet,
    onDead: quiet,
    onNewerConnection: quiet,
    onStored: quiet,
    onFailed: quiet,
    onDeadLetter: quiet,
    onCall: quiet,
    ...given,
  }
}
