import type { ChildProcess } from 'node:child_process'

/** A helper process, such as a download, ends when this process does: nobody would wait for its result. */
export function endWithUs(child: ChildProcess): void {
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
}
