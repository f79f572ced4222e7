import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isSameProcess, processIdentity } from './process-identity.ts'
import { StackError } from './stack-error.ts'

const holderSchema = z.object({ pid: z.int().positive(), identity: z.string() })
type Holder = z.infer<typeof holderSchema>

const TRIES = 10

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** The content of the lock file and who it names; the holder is absent when the content is not a lock of ours. */
function readHolder(file: string): { text: string; holder: Holder | undefined } | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    return { text, holder: holderSchema.safeParse(JSON.parse(text)).data }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (error instanceof SyntaxError) return { text: '', holder: undefined }
    throw error
  }
}

/** The lock appears with its content or not at all; false when there is one already. */
function tryCreate(file: string, content: string): boolean {
  const part = `${file}.${process.pid}`
  writeFileSync(part, content, { mode: 0o644 })
  try {
    linkSync(part, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(part, { force: true })
  }
}

/** Takes a dead process's lock away; if another start was faster and the lock is already its own, gives it back. */
function takeAway(file: string, stale: string): void {
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
    if (readFileSync(aside, 'utf8') !== stale && stale !== '') linkSync(aside, file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

export type Lock = { kind: 'held'; release: () => void } | { kind: 'refused'; holder: number }

/**
 * Takes the lock that a file is, for this process alone. A lock whose process is dead, or whose pid now belongs to another
 * process, is taken over. Throws when it can be neither taken nor understood.
 */
export function takeLock(file: string): Lock {
  const content = `${JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) ?? 'unknown' })}\n`
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tryCreate(file, content)) {
      const release = (): void => {
        if (readHolder(file)?.text === content) rmSync(file, { force: true })
      }
      return { kind: 'held', release }
    }
    const found = readHolder(file)
    if (found?.holder !== undefined && isSameProcess(found.holder.pid, found.holder.identity)) {
      return { kind: 'refused', holder: found.holder.pid }
    }
    if (found !== undefined) takeAway(file, found.text)
  }
  throw new StackError(`cannot take the lock ${file}: remove it if no other start is running`)
}

/**
 * Holds a data folder (data-folder.ts has made it) for this process alone: two supervisors on one folder would run two Kafkas
 * on the same files. Returns the release. Throws one line that names the holder.
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = takeLock(join(dataDir, 'run/lock'))
  if (lock.kind === 'held') return lock.release
  throw new StackError(
    `the data folder ${dataDir} is in use by process ${lock.holder}: stop that one, or set HOLDFAST_DATA_DIR to another folder`,
    { code: 'locked' },
  )
}
