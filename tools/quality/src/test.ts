import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendSum, failure, readSum, SUM_FILE_VARIABLE, sumLine } from './sum.ts'
import { ROOT } from './workspace.ts'

/**
 * `npm test`: the checks, then each project of vitest.config.ts. With arguments (a workspace, a file) only the tests there,
 * without the checks. At the end it tells all failures once more, briefly; the last line is the sum of all. The exit code is 0
 * only if something ran and nothing failed.
 */

/** Cheap ones first: a typing error should not wait for Kafka. */
const PROJECTS = ['unit', 'integration', 'e2e']
const PROJECT_DEADLINE_MS = 25 * 60_000
const STOP_DEADLINE_MS = 30_000

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env })
    const stop = (): void => {
      child.kill('SIGINT')
      setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS).unref()
    }
    const late = setTimeout(stop, PROJECT_DEADLINE_MS)
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(late)
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve(code ?? 1)
    })
  })
}

async function runAll(filters: readonly string[], sumFile: string): Promise<void> {
  const env = { ...process.env, [SUM_FILE_VARIABLE]: sumFile }
  if (filters.length === 0 && (await run(process.execPath, [join(import.meta.dirname, 'check.ts')], env)) !== 0) {
    appendSum(sumFile, failure('npm run check'))
  }
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  for (const project of PROJECTS) {
    const before = readSum(sumFile)
    const startedAt = performance.now()
    const code = await run(
      process.execPath,
      // With a filter a project may well have nothing; without one, a project that has lost its tests is a failure.
      [vitest, 'run', '--project', project, ...(filters.length > 0 ? ['--passWithNoTests'] : []), ...filters],
      env,
    )
    // A run that failed without saying which test (its services did not start, it was killed) is a failure all the same.
    const took = `${((performance.now() - startedAt) / 60_000).toFixed(1)} min`
    if (code !== 0 && readSum(sumFile).failed === before.failed) {
      appendSum(sumFile, failure(`${project}: its run ended with code ${code} after ${took}`))
    }
    process.stdout.write(`${project}: ${took}\n`)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
try {
  const sumFile = join(folder, 'sum')
  await runAll(process.argv.slice(2), sumFile)
  const sum = readSum(sumFile)
  process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1
  for (const what of sum.failures) process.stdout.write(`FAILED ${what}\n`)
  process.stdout.write(`${sumLine(sum)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
