import { setConsoleProcess } from './console-process.ts'

/** Starts the console's own side; called once by instrumentation.ts, before the first request. */
export async function start(): Promise<void> {
  setConsoleProcess({ visitorOf: async () => null })
}
