import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

export const ROOT = resolve(import.meta.dirname, '../../..')

const rootSchema = z.object({ workspaces: z.array(z.string()) })

/** Folders with a tsconfig of their own: the workspaces, and the tools that are none. */
export function typedFolders(): string[] {
  const { workspaces } = rootSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const folders = [...workspaces, 'tools/*'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  return [...new Set(folders)].filter((folder) => existsSync(join(ROOT, folder, 'tsconfig.json'))).sort()
}

const NOT_OURS = /(^|\/)(node_modules|\.[a-z]+|dist|coverage|migrations|results)(\/|$)/

/** Every source file of the repository, as paths from its root. */
export function sourcePaths(): string[] {
  return globSync('{apps,packages,tools,e2e,bench}/**/*.{ts,tsx,mjs,css,lua}', {
    cwd: ROOT,
    exclude: (path) => NOT_OURS.test(path),
  }).filter((path) => !NOT_OURS.test(path))
}
