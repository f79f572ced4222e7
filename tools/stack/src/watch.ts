import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { type Clock, messageOf, type Timer } from '@holdfast/runtime'
import { REPO_DIR } from './paths.ts'
import type { Say } from './programs.ts'
import type { Role } from './service.ts'

/** An editor saves in several steps; a branch switch touches many files. */
const QUIET_MS = 250

const OURS: readonly Role[] = ['gateway', 'server', 'web']

/** What of the console Node runs as it is; the rest Next compiles, and puts into the page that is open. */
const RUN_BY_NODE = /^(server\/|config\.ts$)/

/**
 * Which processes have to be started again for a change in this workspace folder, such as `apps/server` or `packages/store`;
 * `file` is a path from its `src`, null where the system did not say.
 */
export function rolesOf(workspace: string, file: string | null = null): readonly Role[] {
  if (workspace.startsWith('packages/')) return OURS
  if (workspace === 'apps/web' && file !== null && !RUN_BY_NODE.test(file)) return []
  return OURS.filter((role) => workspace === `apps/${role}`)
}

const matters = (file: string | null): boolean => file === null || (!/\.test\.ts$/.test(file) && /\.[a-z]+$/.test(file))

/** Calls `onChange` with the processes whose sources changed, once things are quiet. Returns what ends the watch. */
export function watchSources(onChange: (roles: ReadonlySet<Role>) => void, clock: Clock, say: Say): () => void {
  const watchers: FSWatcher[] = []
  const changed = new Set<Role>()
  let quiet: Timer | undefined
  const note = (workspace: string, file: string | null): void => {
    if (!matters(file)) return
    for (const role of rolesOf(workspace, file)) changed.add(role)
    quiet?.cancel()
    quiet = clock.setTimeout(() => {
      const roles = new Set(changed)
      changed.clear()
      if (roles.size > 0) onChange(roles)
    }, QUIET_MS)
  }
  for (const group of ['packages', 'apps']) {
    for (const name of readdirSync(join(REPO_DIR, group))) {
      const workspace = `${group}/${name}`
      const sources = join(REPO_DIR, workspace, 'src')
      if (!existsSync(sources) || rolesOf(workspace).length === 0) continue
      const watcher = watch(sources, { recursive: true }, (_event, file) => note(workspace, file))
      watcher.on('error', (error) => say(`not watching ${workspace} any more: ${messageOf(error)}`))
      watchers.push(watcher)
    }
  }
  return () => {
    quiet?.cancel()
    for (const watcher of watchers) watcher.close()
  }
}
