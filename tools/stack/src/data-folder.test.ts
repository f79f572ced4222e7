import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { provideDataFolder } from './data-folder.ts'

function ownFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-data-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('makes the folder and those above it, and is content with one that is there', () => {
  const dataDir = join(ownFolder(), 'deep/er/data')
  provideDataFolder(dataDir)
  provideDataFolder(dataDir)
  for (const folder of ['', 'logs', 'run']) expect(statSync(join(dataDir, folder)).isDirectory()).toBe(true)
})

test('says in one line which variable names a file', () => {
  const file = join(ownFolder(), 'file')
  writeFileSync(file, '')
  expect(() => provideDataFolder(file)).toThrow(
    `HOLDFAST_DATA_DIR is ${file}, which is a file: set it to a folder in which this user may write`,
  )
  expect(() => provideDataFolder(join(file, 'data'))).toThrow(/^HOLDFAST_DATA_DIR is .*ENOTDIR.*: set it to a folder/)
})

test('gives up at once where no folder can be made, instead of trying for ever', () => {
  expect(() => provideDataFolder('/proc/holdfast/data')).toThrow(
    /^HOLDFAST_DATA_DIR is \/proc\/holdfast\/data, where nothing can be made \(.*\): set it to a folder/,
  )
})
