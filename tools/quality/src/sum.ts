import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const sumSchema = z.object({
  passed: z.int(),
  failed: z.int(),
  skipped: z.int(),
  /** What failed and why, some lines each; as many as `failed`. */
  failures: z.array(z.string()),
})
export type Sum = z.infer<typeof sumSchema>

export const NOTHING: Readonly<Sum> = { passed: 0, failed: 0, skipped: 0, failures: [] }

/** One failure that is no test's. */
export const failure = (what: string): Sum => ({ ...NOTHING, failed: 1, failures: [what] })

/** The environment variable that names the file to which each test run adds a line for each file of tests that has ended. */
export const SUM_FILE_VARIABLE = 'HOLDFAST_TEST_SUM'

export const appendSum = (file: string, sum: Sum): void => appendFileSync(file, `${JSON.stringify(sum)}\n`)

/** What all runs have added so far. */
export function readSum(file: string): Sum {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
  return lines
    .map((line) => sumSchema.parse(JSON.parse(line)))
    .reduce(
      (all, one) => ({
        passed: all.passed + one.passed,
        failed: all.failed + one.failed,
        skipped: all.skipped + one.skipped,
        failures: [...all.failures, ...one.failures],
      }),
      NOTHING,
    )
}

export const sumLine = ({ passed, failed, skipped }: Sum): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
