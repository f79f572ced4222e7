import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { provideDataFolder } from './data-folder.ts'
import { lockDataFolder } from './data-lock.ts'
import { processIdentity } from './process-identity.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-lock-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  provideDataFolder(path)
  return path
}

function lockedBy(dataDir: string, pid: number, identity: string): void {
  writeFileSync(join(dataDir, 'run/lock'), JSON.stringify({ pid, identity }))
}

test('refuses a second holder in one line that names the first', () => {
  const dataDir = folder()
  const release = lockDataFolder(dataDir)
  expect(() => lockDataFolder(dataDir)).toThrow(
    `the data folder ${dataDir} is in use by process ${process.pid}: stop that one, or set HOLDFAST_DATA_DIR to another folder`,
  )
  release()
  lockDataFolder(dataDir)()
  expect(existsSync(join(dataDir, 'run/lock'))).toBe(false)
})

test('takes over the lock of a dead process', () => {
  const dataDir = folder()
  lockedBy(dataDir, spawnSync('true').pid, 'boot:1')
  const release = lockDataFolder(dataDir)
  expect(() => lockDataFolder(dataDir)).toThrow(`process ${process.pid}`)
  release()
})

test('takes over when the pid now belongs to another process', () => {
  const dataDir = folder()
  lockedBy(dataDir, process.pid, `${processIdentity(process.pid)}0`)
  lockDataFolder(dataDir)()
})

test('takes over a lock file that was torn', () => {
  const dataDir = folder()
  writeFileSync(join(dataDir, 'run/lock'), '{"pid":')
  lockDataFolder(dataDir)()
})
