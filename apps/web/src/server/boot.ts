import { createLogger, runProcess } from '@holdfast/runtime'
import { readWebConfig } from '../config.ts'
import { consoleProcess, setConsoleProcess } from './console-process.ts'
import { startWeb } from './web.ts'

const DEADLINE_MS = 1_000

/**
 * Starts the console's own side, once in a process however often Next asks for it. Resolves when requests can be answered;
 * where that cannot be, the process ends as every other one of ours does. A signal ends streams first, then all the rest.
 */
export function start(): Promise<void> {
  if (consoleProcess() !== null) return Promise.resolve()
  const name = 'web'
  const logger = createLogger({ name })
  const { promise, resolve } = Promise.withResolvers<void>()
  // A page that is left while it is being made is a rejection somewhere in Next; it is nothing to die of.
  void runProcess({ name, logger, deadlineMs: DEADLINE_MS, isForgivable: () => true }, async (lifecycle) => {
    setConsoleProcess(await startWeb(readWebConfig(), lifecycle, logger))
    resolve()
  })
  return promise
}
