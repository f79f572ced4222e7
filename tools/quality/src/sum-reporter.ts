import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { appendSum, failure, NOTHING, SUM_FILE_VARIABLE, type Sum } from './sum.ts'

/** Of an error's text; the whole is in the output above. */
const LINES_OF_AN_ERROR = 12

const told = (where: string, errors: readonly SerializedError[]): string => {
  const lines = errors.flatMap(({ message, stacks }) => {
    const at = stacks?.[0]
    return [...message.split('\n').slice(0, LINES_OF_AN_ERROR), ...(at ? [`at ${at.file}:${at.line}`] : [])]
  })
  return [where, ...lines.map((line) => `    ${line}`)].join('\n')
}

function sumOfTest(module: TestModule, test: TestCase): Sum {
  const { state, errors } = test.result()
  const name = `${module.relativeModuleId} > ${test.fullName}`
  // A test that never came to run is no pass.
  if (state === 'pending') return failure(`${name}: did not run`)
  return state === 'failed' ? failure(told(name, errors ?? [])) : { ...NOTHING, [state]: 1 }
}

/** Its tests, and the failures that are no test's: a file that does not load, a hook. Each of those counts as one failed. */
function sumsOf(module: TestModule): Sum[] {
  const parts = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0)
  return [
    ...[...module.children.allTests()].map((test) => sumOfTest(module, test)),
    ...parts.map((part) => failure(told(`${module.relativeModuleId}, outside its tests`, part.errors()))),
  ]
}

/**
 * Adds what a vitest run has passed, failed and skipped to the file that HOLDFAST_TEST_SUM names, each file of tests when it ends: a
 * run that is ended from outside has counted what it has done.
 */
export default class SumReporter implements Reporter {
  readonly #file = process.env[SUM_FILE_VARIABLE]
  readonly #added = new Set<string>()

  #add(sums: readonly Sum[]): void {
    if (this.#file === undefined) return
    for (const sum of sums) appendSum(this.#file, sum)
  }

  onTestModuleEnd(module: TestModule): void {
    this.#added.add(module.id)
    this.#add(sumsOf(module))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#add(modules.filter(({ id }) => !this.#added.has(id)).flatMap(sumsOf))
    this.#add(unhandled.map((error) => failure(told('unhandled', [error]))))
  }
}
