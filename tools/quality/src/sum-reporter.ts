import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { appendSum, SUM_FILE_VARIABLE, type Sum } from './sum.ts'

/** Failures that are no test's: a file that does not load, a hook or something unhandled. Each counts as one failed. */
function failuresOutsideTests(modules: readonly TestModule[], unhandled: readonly SerializedError[]): number {
  const suites = modules.flatMap((module) => [...module.children.allSuites()])
  return [...modules, ...suites].filter((part) => part.errors().length > 0).length + unhandled.length
}

/** Adds what a vitest run has passed, failed and skipped to the file that HOLDFAST_TEST_SUM names. */
export default class SumReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env[SUM_FILE_VARIABLE]
    if (file === undefined) return
    const sum: Sum = { passed: 0, failed: failuresOutsideTests(modules, unhandled), skipped: 0 }
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const { state } = test.result()
      // A test that never came to run is no pass.
      sum[state === 'pending' ? 'failed' : state] += 1
    }
    appendSum(file, sum)
  }
}
