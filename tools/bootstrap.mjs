// What every root command goes through. It runs on the machine's own Node (20.19 or newer) with nothing installed: it brings
// the dependencies, Node 24 among them, and then runs the real command with that Node. So no imports but Node's own.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
const BIN = join(MODULES, '.bin')
const NODE = join(BIN, 'node')
const LOCK_FILE = join(ROOT, 'package-lock.json')
const STAMP = join(MODULES, '.holdfast-installed')
const INSTALL_TIMEOUT_MS = 15 * 60_000
const PARENT_LOOK_MS = 1_000

/** `channel`: the command ends when this process is killed. Not for turbo, whose children would take it for theirs. */
const COMMANDS = {
  start: { run: [NODE, 'tools/stack/src/main.ts', 'start'], channel: true },
  dev: { run: [join(BIN, 'turbo'), 'dev'], channel: false },
  check: { run: [NODE, 'tools/quality/src/check.ts'], channel: false },
  test: { run: [NODE, 'tools/quality/src/test.ts'], channel: false },
  bench: { run: [NODE, 'bench/main.ts'], channel: false },
  'test:guards': { run: [NODE, 'tools/guards/main.ts'], channel: false },
  pictures: { run: [NODE, 'apps/web/test/pictures.ts'], channel: false },
  'wizard:reset': { run: [NODE, 'tools/stack/src/main.ts', 'wizard-reset'], channel: false },
}

function fail(line, code = 1) {
  process.stderr.write(`${line}\n`)
  process.exit(code)
}

const lockHash = () => createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex')

function isInstalled() {
  const record = join(MODULES, '.package-lock.json')
  if (!existsSync(NODE) || !existsSync(record)) return false
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === lockHash()
  return statSync(record).mtimeMs >= statSync(LOCK_FILE).mtimeMs
}

/** `npm -w` and `npm run` describe themselves in the environment; an npm inside must not take that for its own orders. */
function cleanEnvironment() {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (/^npm_config_(workspaces?|include_workspace_root|local_prefix|prefix)$/i.test(name)) delete env[name]
  }
  return env
}

function install() {
  process.stdout.write('· installing what package-lock.json lists (a minute or two, once)\n')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const options = {
    cwd: ROOT,
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  }
  const { status, stderr } =
    npm?.endsWith('.js') === true
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, options)
  if (status !== 0) {
    // npm explains itself at length; the first sentence that is no code says it.
    const said = (stderr ?? '').split('\n').map((line) => line.replace(/^npm error ?/, '').trim())
    fail(`npm ci failed: ${said.find((line) => line !== '' && !/^(code |npm warn)/.test(line)) ?? 'no reason given'}`)
  }
  if (!existsSync(NODE)) fail('npm ci did not bring Node 24 (its install script must be allowed to run): see README')
  writeFileSync(STAMP, lockHash())
}

function run({ run: [command, ...args], channel }, extra) {
  const child = spawn(command, [...args, ...extra], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
    env: {
      ...process.env,
      PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`,
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
    },
  })
  const pass = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass)
  // npm killed by force passes nothing on; what it has started must not stay.
  const parent = process.ppid
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && pass('SIGTERM'), PARENT_LOOK_MS).unref()
  }
  child.once('error', (error) => fail(`cannot run ${command}: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]))
}

const [name, ...extra] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19))
  fail(`Holdfast needs Node 20.19 or newer; this is ${process.versions.node}`)
if (command === undefined) fail(`use: bootstrap.mjs ${Object.keys(COMMANDS).join(' | ')}`, 64)
if (!isInstalled()) install()
run(command, extra)
