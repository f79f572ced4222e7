import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { environment, readStackConfig } from './config.ts'
import { provideDataFolder } from './data-folder.ts'
import { lockDataFolder } from './data-lock.ts'
import { stopLeftovers } from './leftovers.ts'
import { REPO_DIR } from './paths.ts'
import { freePorts } from './ports.ts'
import { postgresUrlOf, startPostgres } from './postgres.ts'
import { isSameProcess } from './process-identity.ts'
import { readProcessTable } from './process-table.ts'

type Database = { url: string; release: () => Promise<void> }

/** The world's database: the one given, the one that runs now, or one started for this moment. */
async function openDatabase(): Promise<Database> {
  const config = readStackConfig(environment())
  const nothing = async () => undefined
  if (config.urls.postgres !== undefined) return { url: config.urls.postgres, release: nothing }
  const dataDir = join(config.dataDir, 'postgres')
  const table = join(config.dataDir, 'run/processes.json')
  const running = readProcessTable(table).find(
    ({ role, pid, identity }) => role === 'postgres' && identity !== undefined && isSameProcess(pid, identity),
  )
  if (running?.ports.postgres !== undefined) {
    return { url: postgresUrlOf(dataDir, running.ports.postgres), release: nothing }
  }
  provideDataFolder(config.dataDir)
  const unlock = lockDataFolder(config.dataDir)
  await stopLeftovers(table, () => undefined)
  const [port = 0] = await freePorts(1)
  const postgres = await startPostgres({ dataDir, port, logDir: join(config.dataDir, 'logs') })
  const release = async () => {
    await postgres.stop()
    unlock()
  }
  return { url: postgres.url, release }
}

/** Runs a script of the repository with DATABASE_URL set, on this terminal. Resolves to its exit code. */
export async function runWithDatabase(script: string, args: readonly string[]): Promise<number> {
  const database = await openDatabase()
  try {
    const child = spawn(process.execPath, [join(REPO_DIR, script), ...args], {
      stdio: 'inherit',
      env: { ...environment(), DATABASE_URL: database.url },
    })
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
  } finally {
    await database.release()
  }
}
