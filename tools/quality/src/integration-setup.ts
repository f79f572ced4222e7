import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServices } from '@holdfast/stack'
import type { TestProject } from 'vitest/node'
import '@holdfast/stack/testing'

/** One Redis, Kafka and Postgres for all files of the integration project; their URLs reach the tests through `inject`. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-services-'))
  const services = await startServices(folder, { say: (line) => process.stdout.write(`· ${line}\n`) })
  project.provide('redisUrl', services.env.REDIS_URL)
  project.provide('kafkaBrokers', services.env.KAFKA_BROKERS)
  project.provide('databaseUrl', services.env.DATABASE_URL)
  return async () => {
    await services.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
