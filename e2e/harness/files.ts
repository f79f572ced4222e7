import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files under a folder that hold these bytes anywhere, binary ones included. */
export function filesWith(folder: string, text: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    if (readFileSync(file).includes(text)) found.push(file)
  }
  return found
}
