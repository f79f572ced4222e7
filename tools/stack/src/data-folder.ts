import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '@holdfast/runtime'
import { StackError } from './stack-error.ts'

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Makes a folder and those above it that are missing, one by one: Node's own `recursive` tries for ever, deaf to any signal,
 * where a file system says that there is no such folder when one is to be made in it, as /proc does.
 */
function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let above = folder; !existsSync(above); above = dirname(above)) missing.unshift(above)
  for (const each of missing) {
    try {
      mkdirSync(each)
    } catch (error) {
      if (!isFolder(each)) throw error // else another start was faster
    }
  }
}

/** The data folder and what is in it from the first moment: there, and open to this user, or one line that says what to do. */
export function provideDataFolder(dataDir: string): void {
  const refuse = (why: string, cause?: unknown): StackError =>
    new StackError(`HOLDFAST_DATA_DIR is ${dataDir}, ${why}: set it to a folder in which this user may write`, {
      code: 'data-folder',
      cause,
    })
  if (existsSync(dataDir) && !isFolder(dataDir)) throw refuse('which is a file')
  try {
    for (const folder of [dataDir, join(dataDir, 'logs'), join(dataDir, 'run')]) {
      makeFolder(folder)
      accessSync(folder, constants.W_OK | constants.X_OK)
    }
  } catch (error) {
    throw refuse(`where nothing can be made (${messageOf(error)})`, error)
  }
}
