import { PARTITIONS, type Partition, type Source } from '../contracts/index.ts'
import { isoOf } from './iso.ts'
import type { ProcessTable } from './process-table.ts'

/** Twice a beat, or twice the interval of Redis's ping; and five times. */
export const FRESH_MS = 2_000
export const DEAD_MS = 5_000

/** A moment by both clocks: durations are told by the one that never jumps, and labels by the other. */
export interface Moment {
  monotonic: number
  /** Epoch ms. */
  wall: number
}

/** How far a source can be trusted. */
export interface Standing {
  status: Source['status']
  /** What it said is known to hold at this time, monotonic; null where nothing was ever heard. */
  asOf: number | null
  /** Why a cell of it is unknown, in words, where it is. */
  reason: string
}

export interface SourceFacts {
  moment: Moment
  /** Monotonic; null before the first answer. */
  redisAnsweredAt: number | null
  /** Since Kafka last answered the console, ms; Infinity before the first. */
  kafkaSilentMs: number
  /** When the console had last read all that memories publish, monotonic; null before the first time. */
  copiesReadAsOf: number | null
  processes: Pick<ProcessTable, 'all' | 'get' | 'heldAsOf'>
  /** Who published last that it owns the partition. */
  ownerOf: (partition: Partition) => string | null
}

/** All sources at one moment: everything in one answer is judged by the same look. */
export interface SourceLook {
  readonly moment: Moment
  readonly redis: Standing
  readonly kafka: Standing
  /** Of what a process itself says: its beats. */
  process(id: string): Standing
  /** Of what is published as a whole: the log. */
  readonly log: Standing
  /** Of the copies that a process publishes. */
  memoryOf(id: string): Standing
  /** Of the copies in the memory of the partition's owner, and who that is. */
  owner(partition: Partition): Standing & { id: string | null }
  /** Until when a server has applied all that gateways told: what it does not know then is not there. */
  appliedBy(id: string): Standing
  readonly sources: readonly Source[]
  /** Another one where a copy that could be read cannot any more, or the reverse, or a partition has another owner. */
  signature(): string
}

const NEVER: Standing = { status: 'dead', asOf: null, reason: '' }

export function lookAtSources(facts: SourceFacts): SourceLook {
  const { moment, redisAnsweredAt, kafkaSilentMs, copiesReadAsOf, processes, ownerOf } = facts
  const { monotonic } = moment
  const redis = standing(monotonic, redisAnsweredAt, (silent) => `Redis does not answer${forSeconds(silent)}`)
  const kafkaAsOf = Number.isFinite(kafkaSilentMs) ? monotonic - kafkaSilentMs : null
  const kafka = standing(monotonic, kafkaAsOf, (silent) => `Kafka does not answer${forSeconds(silent)}`)
  const reading = standing(monotonic, copiesReadAsOf, (behind) =>
    behind === null ? 'the console has not read the log yet' : `console is ${seconds(behind)} behind`,
  )
  const owners = new Map<Partition, Standing & { id: string | null }>()
  const memories = new Map<string, Standing>()

  const through = (own: Standing): Standing => {
    const asOf = own.asOf === null || reading.asOf === null ? null : Math.min(own.asOf, reading.asOf)
    const cause = [kafka, reading].find((each) => explains(each, own)) ?? own
    const { status } = standing(monotonic, asOf, () => '')
    const isDead = [kafka, reading, own].some((each) => each.status === 'dead')
    return { status: isDead ? 'dead' : status, asOf, reason: cause.reason }
  }
  const process = (id: string): Standing => {
    const known = processes.get(id)
    // One that left in order ages as any other: others have its sessions before it counts as silent.
    const reason = (silent: number | null): string => (known?.hasLeft ? `${id} has left` : silenceOf(id, silent))
    return standing(monotonic, known?.asOf ?? null, reason)
  }
  const owner = (partition: Partition): Standing & { id: string | null } => {
    const id = ownerOf(partition)
    if (id === null) return { ...through({ ...NEVER, reason: `no server has told of partition ${partition}` }), id }
    const own = process(id)
    const held = processes.heldAsOf(id, partition) ?? null
    const isHeld = held !== null && monotonic - held <= DEAD_MS
    // Alive, but it has given the partition away and nobody has taken it: the sessions lie in no memory.
    if (own.asOf !== null && isRead(own) && !isHeld)
      return { ...through({ status: 'dead', asOf: held, reason: `no server holds partition ${partition}` }), id }
    return { ...through(held === null || own.asOf === null ? own : { ...own, asOf: Math.min(own.asOf, held) }), id }
  }

  const appliedBy = (id: string): Standing => {
    const known = processes.get(id)
    const own = process(id)
    if (!known || !isRead(own)) return through(own)
    const waiting = (): string => `${id} has ${known.beat.lag} records to apply`
    return through(standing(monotonic, known.appliedAsOf, waiting))
  }

  return {
    moment,
    redis,
    kafka,
    log: through(reading),
    process,
    appliedBy,
    memoryOf: (id) => remembered(memories, id, () => through(process(id))),
    owner: (partition) => remembered(owners, partition, () => owner(partition)),
    signature() {
      const parts: string[] = [`${isRead(redis)} ${isRead(through(reading))}`]
      for (const { id } of processes.all()) parts.push(`${id} ${isRead(process(id))} ${isRead(appliedBy(id))}`)
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const holder = remembered(owners, partition, () => owner(partition))
        parts.push(`${holder.id} ${isRead(holder)}`)
      }
      return parts.join()
    },
    get sources() {
      const all = [...processes.all()].map(({ id }) => sourceOf(id, process(id), moment))
      // Kafka's age as a source is that of what was read of it.
      return [sourceOf('redis', redis, moment), sourceOf('kafka', through(reading), moment), ...all]
    },
  }
}

export const allPartitions = (): Partition[] => Array.from({ length: PARTITIONS }, (_, partition) => partition)

export const isRead = ({ status }: Standing): boolean => status !== 'dead'

/** ISO time of a monotonic moment. */
export const label = ({ monotonic, wall }: Moment, at: number): string => isoOf(Math.round(wall - (monotonic - at)))

export const labelOrNull = (moment: Moment, at: number | null): string | null =>
  at === null ? null : label(moment, at)

export function sourceOf(id: string, { status, asOf }: Standing, moment: Moment): Source {
  return { id, status, observedAt: labelOrNull(moment, asOf) }
}

function standing(now: number, asOf: number | null, reason: (silentMs: number | null) => string): Standing {
  if (asOf === null) return { ...NEVER, reason: reason(null) }
  const silentMs = now - asOf
  const status = silentMs > DEAD_MS ? 'dead' : silentMs > FRESH_MS ? 'ageing' : 'fresh'
  return { status, asOf, reason: reason(silentMs) }
}

/**
 * Kafka's silence explains the console's lag, and either explains that a process is not heard: it is the cause where the process
 * was heard up to then. Else a process would be blamed in the moment before its messenger counts as dead.
 */
function explains(way: Standing, own: Standing): boolean {
  if (way.status === 'dead' || way.asOf === null) return way.status === 'dead'
  return way.status === 'ageing' && own.asOf !== null && own.asOf > way.asOf - FRESH_MS
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`
const forSeconds = (ms: number | null): string => (ms === null ? '' : ` for ${seconds(ms)}`)
const silenceOf = (id: string, ms: number | null): string =>
  ms === null ? `nothing has been heard of ${id}` : `${id} silent for ${seconds(ms)}`

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}
