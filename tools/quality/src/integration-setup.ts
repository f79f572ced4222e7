import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServices } from '@holdfast/stack'
import type { TestProject } from 'vitest/node'
import '@holdfast/stack/testing'

/** A Redis, Kafka and Postgres for each lane of the integration project; their URLs reach the tests through `inject`. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-services-'))
  const started: Awaited<ReturnType<typeof startServices>>[] = []
  const tearDown = async (): Promise<void> => {
    await Promise.all(started.map((services) => services.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    // One after the other: the first may have to install and fetch what they run.
    for (let lane = 1; lane <= project.config.maxWorkers; lane += 1) {
      const say = (line: string): boolean => process.stdout.write(`· ${line}\n`)
      started.push(await startServices(join(folder, `lane-${lane}`), { say }))
    }
  } catch (error) {
    await tearDown()
    throw error
  }
  project.provide(
    'services',
    started.map(({ env }) => ({
      redisUrl: env.REDIS_URL,
      kafkaBrokers: env.KAFKA_BROKERS,
      databaseUrl: env.DATABASE_URL,
    })),
  )
  return tearDown
}
