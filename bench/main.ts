import { messageOf } from '@holdfast/runtime'
import { consoleModel } from './console-model.ts'
import { consolePage } from './console-page.ts'
import { durableUpdates } from './durable-updates.ts'
import { largeStore } from './large-store.ts'
import { machine, quietMachine, versions } from './machine.ts'
import type { Claim } from './measure.ts'
import { memoryAccess } from './memory-access.ts'
import { startOwnRedis } from './own-redis.ts'
import { registerAndDisconnect } from './register-and-disconnect.ts'
import { table, writeReport } from './report.ts'
import { roundTrip } from './round-trip.ts'
import type { MeasuredClaim } from './wording.ts'

/** `npm run bench`: every claim. `npm run bench -- round-trip`: that one alone, and then nothing is written. */
const CLAIMS: Readonly<Record<string, () => Promise<Claim>>> = {
  'memory-access': memoryAccess,
  'durable-updates': durableUpdates,
  'register-and-disconnect': registerAndDisconnect,
  'large-store': largeStore,
  'round-trip': roundTrip,
  'console-model': consoleModel,
  'console-page': consolePage,
}

/** How long each claim may wait for a quiet machine; 0 to measure at once. */
const QUIET_WAIT_MS = Number(process.env.HOLDFAST_BENCH_QUIET_WAIT_MS ?? 60_000)

async function measured(claim: () => Promise<Claim>): Promise<MeasuredClaim> {
  const busyBefore = await quietMachine(QUIET_WAIT_MS)
  const startedAt = performance.now()
  const found = await claim()
  return { ...found, busyBefore, tookS: Math.round((performance.now() - startedAt) / 1_000) }
}

async function redisVersion(): Promise<string> {
  const redis = await startOwnRedis()
  const version = await redis.version()
  await redis.stop()
  return version
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in CLAIMS))
if (unknown.length > 0) {
  console.error(`no claim ${unknown.join(', ')}; there are ${Object.keys(CLAIMS).join(', ')}`)
  process.exit(64)
}
const at = new Date().toISOString()
const startedAt = performance.now()
const report = { at, machine: machine(), versions: versions(await redisVersion()) }
const { cores, model, memoryGb } = report.machine
const { node, redis, kafka } = report.versions
console.log(`${cores} cores (${model}), ${memoryGb} GB; Node ${node}, Redis ${redis}, Kafka ${kafka}`)

const claims: MeasuredClaim[] = []
for (const [name, claim] of Object.entries(CLAIMS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n· ${name}`)
  try {
    const found = await measured(claim)
    claims.push(found)
    console.log(table(found))
  } catch (error) {
    // The other claims are worth having, and this one is missing from what is written.
    console.error(`  ${name} could not be measured: ${messageOf(error)}`)
    process.exitCode = 1
  }
}
if (asked.length === 0) console.log(`\nwritten to ${writeReport({ ...report, claims })}`)
console.log(`all of it took ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`)
