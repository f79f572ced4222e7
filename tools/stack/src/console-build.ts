import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@holdfast/runtime'
import { takeLock } from './data-lock.ts'
import { REPO_DIR } from './paths.ts'
import type { Say } from './programs.ts'
import { runProgram } from './run-program.ts'
import { StackError } from './stack-error.ts'

export const CONSOLE_DIR = join(REPO_DIR, 'apps/web')
export const NEXT = join(REPO_DIR, 'node_modules/next/dist/bin/next')

const BUILT_DIR = join(CONSOLE_DIR, '.next')
/** Says which sources the last build was made of; not there while one is being made. */
const STAMP = join(BUILT_DIR, 'holdfast-sources')
const LOCK = join(REPO_DIR, '.cache/console-build.lock')

/** 25 s on two cores with nothing else to do. */
const BUILD_DEADLINE_MS = 600_000
const OTHER_BUILD_LOOK_MS = 300

/** All that goes into the bundles, and what decides how. */
const SOURCES = [
  'apps/web/src/**/*.{ts,tsx,css,woff2,svg,png,ico}',
  'apps/web/public/**/*',
  'apps/web/*.{ts,mjs,json}',
  'packages/store/src/contracts/*.ts',
  'packages/runtime/src/clock.ts',
  'packages/store/package.json',
  'package-lock.json',
]
const isLeftOut = (path: string): boolean => /\.test\.tsx?$|\/testing\/|(^|\/)next-env\.d\.ts$/.test(path)

/** Changes with any of the sources. */
function fingerprint(): string {
  const hash = createHash('sha256').update(process.version)
  const files = globSync(SOURCES, { cwd: REPO_DIR, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isLeftOut(path))
  for (const file of files.sort()) hash.update(`\n${file.slice(REPO_DIR.length)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

function isBuiltOf(sources: string): boolean {
  return existsSync(STAMP) && existsSync(join(BUILT_DIR, 'BUILD_ID')) && readFileSync(STAMP, 'utf8') === sources
}

/** Two starts from one clone must not build into one folder at once. */
async function lockBuild(say: Say): Promise<() => void> {
  mkdirSync(join(REPO_DIR, '.cache'), { recursive: true })
  const until = systemClock.monotonic() + BUILD_DEADLINE_MS
  let hasSaid = false
  for (;;) {
    const lock = takeLock(LOCK)
    if (lock.kind === 'held') return lock.release
    if (systemClock.monotonic() > until) {
      throw new StackError(`process ${lock.holder} has been building the console for long: stop it, or wait for it`)
    }
    if (!hasSaid) say(`another start (process ${lock.holder}) is building the console`)
    hasSaid = true
    await systemClock.sleep(OTHER_BUILD_LOOK_MS)
  }
}

async function build(sources: string, say: Say, logFile: string): Promise<void> {
  say('building the console (about half a minute, only when its sources have changed)')
  const startedAt = systemClock.monotonic()
  rmSync(STAMP, { force: true })
  const { code, output } = await runProgram(process.execPath, [NEXT, 'build', CONSOLE_DIR], {
    timeoutMs: BUILD_DEADLINE_MS,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  })
  writeFileSync(logFile, output)
  if (code !== 0) {
    const said = output.split('\n').find((line) => /error/i.test(line)) ?? 'no reason given'
    throw new StackError(`the console cannot be built: ${said.trim().slice(0, 300)} (see ${logFile})`)
  }
  writeFileSync(STAMP, sources)
  say(`built the console in ${((systemClock.monotonic() - startedAt) / 1_000).toFixed(0)} s`)
}

/** Builds the console where its sources have changed since the last time. Throws one line where that fails. */
export async function provideConsole(say: Say, logFile: string): Promise<void> {
  if (isBuiltOf(fingerprint())) return
  const release = await lockBuild(say)
  try {
    // Another start may have built it in the meantime; and an editor may have saved.
    const sources = fingerprint()
    if (!isBuiltOf(sources)) await build(sources, say, logFile)
  } finally {
    release()
  }
}
