import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endWithUs } from './end-with-us.ts'
import { CACHE_DIR, KAFKA_FILES_DIR } from './paths.ts'
import { programPath, providePrograms, type Say } from './programs.ts'
import { StackError } from './stack-error.ts'

const POM = join(KAFKA_FILES_DIR, 'pom.xml')
const MARKER = '.complete'
const SAY_EVERY_FILES = 20
const DOWNLOAD_DEADLINE_MS = 600_000

/** The folder's name says the version that the pom pins, so that a new pom fetches anew. */
function pinned(): { version: string; fingerprint: string } {
  const pom = readFileSync(POM, 'utf8')
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1]
  if (version === undefined) throw new StackError(`${POM} does not pin kafka_2.13`)
  return { version, fingerprint: createHash('sha256').update(pom).digest('hex') }
}

function isComplete(folder: string, fingerprint: string): boolean {
  const marker = join(folder, MARKER)
  return existsSync(marker) && readFileSync(marker, 'utf8') === fingerprint
}

function runMaven(target: string, say: Say): Promise<void> {
  return new Promise((resolve, reject) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${target}`]
    const child = spawn(programPath('maven'), ['-B', '-f', POM, ...goal], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DOWNLOAD_DEADLINE_MS,
    })
    endWithUs(child)
    let fetched = 0
    let lastError = 'no reason given'
    child.stdout.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      for (const _ of text.matchAll(/^(?:\[INFO\] )?Downloaded from .*\.jar/gm)) {
        fetched += 1
        if (fetched % SAY_EVERY_FILES === 0) say(`fetching Kafka: ${fetched} files so far`)
      }
      lastError = /^\[ERROR\] (.+)$/m.exec(text)?.[1] ?? lastError
    })
    child.stderr.resume()
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new StackError(`fetching Kafka with Maven failed: ${lastError.slice(0, 300)}`))
    })
  })
}

/**
 * The folder with the broker's jars, fetched at the first call on this machine. Two at once fetch both, and the first to
 * finish wins: a folder appears complete or not at all.
 */
export async function provideKafkaJars(say: Say): Promise<string> {
  const { version, fingerprint } = pinned()
  const folder = join(CACHE_DIR, `kafka-${version}`)
  if (isComplete(folder, fingerprint)) return folder
  await providePrograms(['java', 'maven'], say)
  say(`fetching Kafka ${version} (about 45 MB, once)`)
  const part = `${folder}.part-${process.pid}`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  try {
    await runMaven(part, say)
    writeFileSync(join(part, MARKER), fingerprint)
    if (!isComplete(folder, fingerprint)) {
      rmSync(folder, { recursive: true, force: true })
      renameSync(part, folder)
    }
  } catch (error) {
    if (!isComplete(folder, fingerprint)) throw error
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
  return folder
}
