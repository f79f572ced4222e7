import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError, type Environment, readConfig, url } from '@holdfast/runtime'
import { z } from 'zod'

/** A database that takes no connection for so long is away, whatever its host makes of the attempt. */
export const CONNECT_MS = 10_000

const databaseUrl = url(['postgres', 'postgresql'], 'postgres://user:password@127.0.0.1:5432/holdfast')

const prepareSchema = z.object({
  DATABASE_URL: databaseUrl.describe('the URL of a Postgres database'),
  HOLDFAST_WIZARD_NAME: z.string().default('Wizard'),
  HOLDFAST_WIZARD_PASSWORD: z.string().optional(),
})

export interface PrepareConfig {
  databaseUrl: string
  wizardName: string
  /** Needed only where the first wizard is still to be made. */
  wizardPassword: string | undefined
}

/** The environment of prepare.ts. Throws a ConfigError that lists every problem. */
export function readPrepareConfig(env: Environment = process.env): PrepareConfig {
  const config = readConfig(prepareSchema, env)
  return {
    databaseUrl: config.DATABASE_URL,
    wizardName: config.HOLDFAST_WIZARD_NAME,
    wizardPassword: config.HOLDFAST_WIZARD_PASSWORD,
  }
}

const resetSchema = z.object({ DATABASE_URL: databaseUrl.optional(), HOLDFAST_DATA_DIR: z.string().default('.data') })

const processesSchema = z.object({
  processes: z.array(z.object({ role: z.string(), ports: z.record(z.string(), z.number()) })),
})

/**
 * The database of wizard-reset.ts: DATABASE_URL, or else the Postgres of the stack that runs on the data folder, as its
 * `run/processes.json` and `postgres/password` tell. Throws a ConfigError that says what to do.
 */
export function readResetDatabaseUrl(repositoryDir: string, env: Environment = process.env): string {
  const config = readConfig(resetSchema, env)
  if (config.DATABASE_URL !== undefined) return config.DATABASE_URL
  const dataDir = resolve(repositoryDir, config.HOLDFAST_DATA_DIR)
  const port = runningPostgresPort(join(dataDir, 'run', 'processes.json'))
  const passwordFile = join(dataDir, 'postgres', 'password')
  if (port === undefined || !existsSync(passwordFile)) {
    throw new ConfigError([`no Postgres runs on ${dataDir}: start Holdfast first, or set DATABASE_URL`])
  }
  const password = encodeURIComponent(readFileSync(passwordFile, 'utf8').trim())
  return `postgres://holdfast:${password}@127.0.0.1:${port}/holdfast`
}

function runningPostgresPort(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  const { processes } = processesSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return processes.find((each) => each.role === 'postgres')?.ports.postgres
}
