import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit } from './audit.ts'
import { runCommand } from './run-command.ts'
import { lockFileProblems, sourceProblems } from './source-rules.ts'
import { ROOT, sourcePaths, typedFolders } from './workspace.ts'

/** `npm run check`: format, lint and boundaries (biome), types, the rules of source-rules.ts, audit. */

type Outcome = { problems: string[]; note?: string }

const COMMAND_DEADLINE_MS = 300_000
const LOCK_FILE = 'package-lock.json'

const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name)

async function command(name: string, args: readonly string[]): Promise<Outcome> {
  const { code, output } = await runCommand(bin(name), args, COMMAND_DEADLINE_MS)
  return { problems: code === 0 ? [] : [output.trim() || `${name} exited with ${code}`] }
}

async function types(): Promise<Outcome> {
  const folders = typedFolders()
  const outcomes: Outcome[] = []
  // One after the other: each run uses all cores.
  for (const folder of folders) outcomes.push(await command('tsc', ['-p', folder, '--pretty', 'false']))
  return { problems: outcomes.flatMap(({ problems }) => problems), note: `${folders.length} workspaces` }
}

function sources(): Outcome {
  const files = sourcePaths().map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
  const lock = lockFileProblems(LOCK_FILE, readFileSync(join(ROOT, LOCK_FILE), 'utf8'))
  return { problems: [...sourceProblems(files), ...lock], note: `${files.length} files` }
}

const CHECKS: readonly (readonly [string, () => Outcome | Promise<Outcome>])[] = [
  ['format, lint, boundaries', () => command('biome', ['ci', '--error-on-warnings', '--colors=off'])],
  ['types', types],
  ['source rules', sources],
  ['audit', () => audit(new Date().toISOString().slice(0, 10))],
]

let failed = 0
for (const [name, check] of CHECKS) {
  const startedAt = performance.now()
  const { problems, note } = await check()
  const took = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
  process.stdout.write(
    `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${note === undefined ? '' : `${note}, `}${took})\n`,
  )
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  if (problems.length > 0) failed += 1
}
process.exitCode = failed === 0 ? 0 : 1
