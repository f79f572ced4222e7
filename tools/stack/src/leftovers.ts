import { systemClock } from '@holdfast/runtime'
import { isSameProcess } from './process-identity.ts'
import { type ProcessEntry, readProcessTable } from './process-table.ts'
import type { Say } from './programs.ts'

const TERM_DEADLINE_MS = 10_000
const KILL_DEADLINE_MS = 5_000
const LOOK_EVERY_MS = 50

const lives = ({ pid, identity }: ProcessEntry): boolean => identity !== undefined && isSameProcess(pid, identity)

function signal(entry: ProcessEntry, name: NodeJS.Signals): void {
  try {
    process.kill(entry.pid, name)
  } catch (error) {
    // Gone between the look and the signal, which is what we want.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function untilGone(entries: readonly ProcessEntry[], deadlineMs: number): Promise<ProcessEntry[]> {
  const endAt = systemClock.monotonic() + deadlineMs
  let left = entries.filter(lives)
  while (left.length > 0 && systemClock.monotonic() < endAt) {
    await systemClock.sleep(LOOK_EVERY_MS)
    left = left.filter(lives)
  }
  return left
}

/**
 * Ends what a killed supervisor has left behind, by its `processes.json`. A pid counts only if it is still the same
 * process: another one may have it by now. Call it with the data folder's lock held.
 */
export async function stopLeftovers(file: string, say: Say): Promise<void> {
  const left = readProcessTable(file).filter(lives)
  if (left.length === 0) return
  say(`stopping what an earlier run has left: ${left.map(({ role, pid }) => `${role} (pid ${pid})`).join(', ')}`)
  for (const entry of left) signal(entry, entry.role === 'postgres' ? 'SIGINT' : 'SIGTERM')
  const stubborn = await untilGone(left, TERM_DEADLINE_MS)
  for (const entry of stubborn) signal(entry, 'SIGKILL')
  await untilGone(stubborn, KILL_DEADLINE_MS)
}
