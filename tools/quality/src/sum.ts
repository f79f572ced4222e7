import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const sumSchema = z.object({ passed: z.int(), failed: z.int(), skipped: z.int() })
export type Sum = z.infer<typeof sumSchema>

/** The environment variable that names the file to which each test run adds its line. */
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
      }),
      { passed: 0, failed: 0, skipped: 0 },
    )
}

export const sumLine = ({ passed, failed, skipped }: Sum): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
