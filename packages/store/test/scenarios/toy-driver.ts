import { type ChildProcess, fork } from 'node:child_process'
import { waitUntil } from '@holdfast/runtime/testing'
import { z } from 'zod'
import { PARTITIONS, type SessionRecord, type Sid, sessionRecordSchema, sidSchema } from '../../src/contracts/index.ts'

const reportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['up', 'holding', 'working']) }),
  z.object({ kind: z.literal('dead'), error: z.string() }),
  z.object({ kind: z.literal('applied'), sid: z.string(), inputSequence: z.int() }),
  z.object({
    kind: z.literal('status'),
    owned: z.array(z.int()),
    unready: z.array(z.int()),
    dirty: z.int(),
    sessions: z.array(sessionRecordSchema),
  }),
  z.object({ kind: z.literal('copies'), copies: z.array(z.tuple([sidSchema, z.string()])) }),
])
type Report = z.infer<typeof reportSchema>
type Status = Extract<Report, { kind: 'status' }>

export interface ToyServer {
  readonly incarnation: string
  /** Every `sid/number` that its game was given, in order; a replay or a repeat shows as a second one. */
  readonly applied: readonly string[]
  status(): Promise<Status>
  /** The partitions that it owns, and whether all of them are ready. */
  owned(): Promise<{ partitions: readonly number[]; ready: boolean }>
  /** What it knows of every session, its own and others', as text: `copyText`. */
  copies(): Promise<ReadonlyMap<Sid, string>>
  /** Owns `count` partitions and all of them are ready. */
  ready(count?: number): Promise<void>
  /** Waits until its game has begun to hold, or its work has begun. */
  reached(kind: 'holding' | 'working'): Promise<void>
  /** Lets held lines and work go on, now and later. */
  release(): void
  /** Changes a session in its memory without a word to the state layer. */
  alter(sid: Sid, fields: Partial<SessionRecord>): void
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  kill(): Promise<void>
  stop(): Promise<void>
}

let started = 0

/** Starts toy-server.ts as a process of its own. */
export async function startToyServer(env: {
  REDIS_URL: string
  KAFKA_BROKERS: string
  SECRET: string
  GRACE_MS?: string
  CLOCK_OFF_MS?: string
}): Promise<ToyServer> {
  const incarnation = `toy-${process.pid}-${++started}`
  const child: ChildProcess = fork(new URL('./toy-server.ts', import.meta.url), {
    env: { ...process.env, ...env, INCARNATION: incarnation },
    execArgv: [],
  })
  const applied: string[] = []
  const seen = new Set<string>()
  const statuses: Status[] = []
  const listings: ReadonlyMap<Sid, string>[] = []
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (message) => {
    const report = reportSchema.parse(message)
    seen.add(report.kind)
    if (report.kind === 'applied') applied.push(`${report.sid}/${report.inputSequence}`)
    if (report.kind === 'status') statuses.push(report)
    if (report.kind === 'copies') listings.push(new Map(report.copies))
  })
  const end = async (act: () => void): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) act()
    await exited
  }
  const status = async (what: 'status' | 'brief' = 'status'): Promise<Status> => {
    const before = statuses.length
    child.send(what)
    return waitUntil(() => statuses[before], { timeoutMs: 5_000, what: 'a status' })
  }
  await waitUntil(() => seen.has('up'), { timeoutMs: 20_000, what: 'a toy server' })

  return {
    incarnation,
    applied,
    status: () => status(),
    async owned() {
      const { owned, unready } = await status('brief')
      return { partitions: owned, ready: unready.length === 0 }
    },
    async copies() {
      const before = listings.length
      child.send('copies')
      return waitUntil(() => listings[before], { timeoutMs: 10_000, what: 'its copies' })
    },
    async ready(count = PARTITIONS) {
      await waitUntil(
        async () => {
          const { owned, unready } = await status('brief')
          return owned.length === count && unready.length === 0
        },
        { timeoutMs: 20_000, everyMs: 50, what: `${incarnation} ready with ${count} partitions` },
      )
    },
    reached: async (kind) => {
      await waitUntil(() => seen.has(kind), { timeoutMs: 10_000, what: `the game ${kind}` })
    },
    release: () => void child.send('release'),
    alter: (sid, fields) => void child.send({ alter: sid, fields }),
    signal: (signal) => void child.kill(signal),
    kill: () => end(() => child.kill('SIGKILL')),
    stop: () => end(() => child.send('stop')),
  }
}
