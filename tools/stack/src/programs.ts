import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { once } from '@holdfast/runtime'
import { environment } from './config.ts'
import { portIsFree } from './ports.ts'
import { runProgram } from './run-program.ts'
import { StackError } from './stack-error.ts'

/** Says what is done meanwhile, one line each. */
export type Say = (line: string) => void

type Program = { command: string; debianPackage: string; insteadSet: string }

const PROGRAMS = {
  redis: { command: 'redis-server', debianPackage: 'redis-server', insteadSet: 'REDIS_URL' },
  maven: { command: 'mvn', debianPackage: 'maven', insteadSet: 'KAFKA_BROKERS' },
  java: { command: 'java', debianPackage: 'openjdk-17-jre-headless', insteadSet: 'KAFKA_BROKERS' },
  /** Of tests and benches only. */
  chromium: { command: 'chromium', debianPackage: 'chromium', insteadSet: 'CHROME_PATH' },
} as const satisfies Record<string, Program>

export type ProgramName = keyof typeof PROGRAMS

const JAVA_MIN = 17
const INSTALL_DEADLINE_MS = 600_000

/**
 * Debian's installer starts the services it installs; nothing of ours may leave a Redis on 6379 that nobody asked for. One at a time
 * on a machine: apt refuses a second `update`, and its `install` would go by lists that are half there.
 */
const INSTALL_SCRIPT = `
exec 9> /run/holdfast-install.lock && flock -w 300 9
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=120 update
exec_status=0
apt-get -qq -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" || exec_status=$?
exit $exec_status
`

/** The path of a command in PATH. */
export function findInPath(command: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file))
}

/** Java by JAVA_HOME, else by PATH. */
export function findJava(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const home = env.JAVA_HOME
  if (home !== undefined && home !== '' && existsSync(join(home, 'bin/java'))) return join(home, 'bin/java')
  return findInPath('java', env.PATH)
}

function mayInstall(): boolean {
  if (environment().HOLDFAST_NO_INSTALL === '1' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(
    existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  )
}

function runInstaller(packages: readonly string[]) {
  const script = ['-c', INSTALL_SCRIPT, 'install', ...packages]
  return runProgram('sh', script, { timeoutMs: INSTALL_DEADLINE_MS })
}

/** A Chromium by CHROME_PATH, else by any of its names in PATH. */
function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const path = env.CHROME_PATH
  if (path !== undefined && path !== '') return existsSync(path) ? path : undefined
  return CHROMIUM_NAMES.map((name) => findInPath(name, env.PATH)).find((found) => found !== undefined)
}
const CHROMIUM_NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']

function find(name: ProgramName): string | undefined {
  if (name === 'java') return findJava()
  return name === 'chromium' ? findChromium() : findInPath(PROGRAMS[name].command)
}

async function install(missing: readonly ProgramName[], say: Say): Promise<void> {
  const packages = missing.map((name) => PROGRAMS[name].debianPackage)
  say(`installing ${packages.join(', ')} from Debian's packages (HOLDFAST_NO_INSTALL=1 forbids it)`)
  const redisPortWasFree = await portIsFree(6379)
  const { code, output } = await runInstaller(packages)
  if (code !== 0) {
    const reason = output.trim().split('\n').at(-1) ?? ''
    throw new StackError(`installing ${packages.join(', ')} failed (${reason}): install it yourself, then start again`)
  }
  if (redisPortWasFree && !(await portIsFree(6379))) {
    say('note: the installer has started a Redis on port 6379 that Holdfast does not use (service redis-server stop)')
  }
}

/**
 * Makes sure that the programs are there: found, or installed where that is allowed. One installer run for all. Throws
 * one line that says what to install otherwise.
 */
export async function providePrograms(names: readonly ProgramName[], say: Say): Promise<void> {
  const missing = names.filter((name) => find(name) === undefined)
  if (missing.length === 0) return
  if (mayInstall()) await install(missing, say)
  const lacking = names.filter((name) => find(name) === undefined)
  if (lacking.length === 0) return
  const packages = lacking.map((name) => PROGRAMS[name].debianPackage).join(' ')
  const variables = [...new Set(lacking.map((name) => PROGRAMS[name].insteadSet))].join(' and ')
  const commands = lacking.map((name) => PROGRAMS[name].command).join(', ')
  throw new StackError(`missing: ${commands}. Install it (Debian: apt-get install ${packages}) or set ${variables}`)
}

/** The path of a program that `providePrograms` has provided. */
export function programPath(name: ProgramName): string {
  const path = find(name)
  if (path === undefined) throw new StackError(`missing: ${PROGRAMS[name].command}`)
  return path
}

/** The path of a Java new enough for Kafka; one line saying what to do when it is not. */
export const javaPath = once((): string => {
  const java = programPath('java')
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: 10_000 })
  const major = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1])
  if (major >= JAVA_MIN) return java
  const found = Number.isNaN(major) ? 'does not say its version' : `is version ${major}`
  throw new StackError(
    `Kafka needs Java ${JAVA_MIN} or newer, but ${java} ${found}: set JAVA_HOME, or set KAFKA_BROKERS`,
  )
})
