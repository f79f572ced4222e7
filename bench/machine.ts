import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { systemClock } from '@holdfast/runtime'

export type Machine = { cores: number; model: string; memoryGb: number; system: string }
export type Versions = { node: string; redis: string; kafka: string }

/** Above this, other work on the machine would be a part of what is measured. */
const QUIET_LOAD = 0.7
const LOOK_MS = 5_000

export const machine = (): Machine => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
})

export function versions(redis: string): Versions {
  const pom = readFileSync(new URL('../tools/stack/kafka/pom.xml', import.meta.url), 'utf8')
  const kafka = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1] ?? 'unknown'
  return { node: process.versions.node, redis, kafka }
}

/** The load of the last minute; where it is high, waits up to `ms` for it to fall, and returns what it is then. */
export async function quietLoad(ms: number): Promise<number> {
  const endsAt = performance.now() + ms
  const load = (): number => loadavg()[0] ?? 0
  if (load() > QUIET_LOAD) console.log(`  load ${load().toFixed(1)}: waiting up to ${ms / 1_000} s for a quiet machine`)
  while (load() > QUIET_LOAD && performance.now() < endsAt) await systemClock.sleep(LOOK_MS)
  return load()
}
