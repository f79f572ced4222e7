import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { systemClock } from '@holdfast/runtime'

export type Machine = { cores: number; model: string; memoryGb: number; system: string }
export type Versions = { node: string; redis: string; kafka: string }

/** Cores that others may keep busy; above it, their work would be a part of what is measured. */
const QUIET_CORES = 0.3
const LOOK_MS = 2_000

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

/**
 * How many cores have been busy in the last LOOK_MS; where it is more than QUIET_CORES, waits up to `ms` for it to fall, and
 * returns what it is then. Not the load average: that remembers for minutes what the claim before this one has done.
 */
export async function quietMachine(ms: number): Promise<number> {
  const endsAt = performance.now() + ms
  let busy = await busyCores()
  if (busy > QUIET_CORES && ms > 0) console.log(`  ${busy.toFixed(1)} cores are busy: waiting up to ${ms / 1_000} s`)
  while (busy > QUIET_CORES && performance.now() < endsAt) busy = await busyCores()
  return busy
}

async function busyCores(): Promise<number> {
  const before = coreTimes()
  await systemClock.sleep(LOOK_MS)
  const after = coreTimes()
  const all = after.all - before.all
  return all > 0 ? cpus().length * (1 - (after.idle - before.idle) / all) : 0
}

/** Of all cores together, since the machine started; ms. */
function coreTimes(): { all: number; idle: number } {
  const times = cpus().map((core) => core.times)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return { all: sum(times.flatMap((each) => Object.values(each))), idle: sum(times.map(({ idle }) => idle)) }
}
