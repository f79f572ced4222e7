import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { GUARDS, type Guard } from './guards.ts'

/**
 * Shows that each guard is needed: its named test passes with it, and fails when only it is taken out. A guard whose test
 * still passes without it is a test that proves nothing.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const TAKE_OUT = join(import.meta.dirname, 'take-out.mjs')
const DEADLINE_MS = 240_000
const FOLDER = mkdtempSync(join(tmpdir(), 'holdfast-guards-'))
const reportSchema = z.object({ numPassedTests: z.int(), numFailedTests: z.int() })

const isThereOnce = ({ file, text }: Guard): boolean => readFileSync(join(ROOT, file), 'utf8').split(text).length === 2

type Outcome = 'passed' | 'failed' | 'ran no test' | 'did not end'

function runTest({ file, text, without, test }: Guard, taken: boolean): Outcome {
  const env: NodeJS.ProcessEnv = { ...process.env, FORCE_COLOR: '0' }
  // Both runs go through the same hook: only the text that it puts there differs.
  env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${TAKE_OUT}`
  env.HOLDFAST_TAKEN_OUT = JSON.stringify({ file, text, without: taken ? without : text })
  const report = join(FOLDER, 'report.json')
  rmSync(report, { force: true })
  const args = [
    'run',
    '--project',
    'integration',
    '--reporter=json',
    `--outputFile=${report}`,
    test.file,
    '-t',
    test.name,
  ]
  spawnSync(process.execPath, [VITEST, ...args], { cwd: ROOT, env, timeout: DEADLINE_MS })
  if (!existsSync(report)) return 'did not end'
  const { numPassedTests, numFailedTests } = reportSchema.parse(JSON.parse(readFileSync(report, 'utf8')))
  if (numFailedTests > 0) return 'failed'
  return numPassedTests > 0 ? 'passed' : 'ran no test'
}

const only = process.argv[2]
if (only !== undefined && !GUARDS.some(({ name }) => name === only)) {
  process.stderr.write(`no guard is called ${only}: there are ${GUARDS.map(({ name }) => name).join(', ')}\n`)
  process.exit(64)
}
let isGood = true
for (const guard of GUARDS.filter(({ name }) => only === undefined || name === only)) {
  if (!isThereOnce(guard)) {
    process.stdout.write(`${guard.name}: its text is not in ${guard.file} just once: mend tools/guards/guards.ts\n`)
    isGood = false
    continue
  }
  const withIt = runTest(guard, false)
  const without = runTest(guard, true)
  const isNeeded = withIt === 'passed' && without === 'failed'
  isGood &&= isNeeded
  const verdict = isNeeded ? 'needed' : 'NOT SHOWN'
  process.stdout.write(`${guard.name}: ${verdict}: with it "${guard.test.name}" ${withIt}, without it ${without}\n`)
}
process.exitCode = isGood ? 0 : 1
rmSync(FOLDER, { recursive: true, force: true })
