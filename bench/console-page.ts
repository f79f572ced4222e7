import { type LivePatch, sessionsSchema } from '@holdfast/store/contracts'
import { readLive } from '../e2e/harness/live-stream.ts'
import { type ConsoleProcess, startConsole } from './console-page/console-process.ts'
import { type PublishedWorld, publishWorld } from './console-page/published-world.ts'
import { type WatchedPage, watchPage } from './console-page/watched-page.ts'
import { atMost, type Claim, type Pair, percentile, type Row, rowOf } from './measure.ts'

const SESSIONS = 10_000
const CHANGES_PER_S = 200
const VISITS = 15
const QUESTIONS = 40
const EVENTS = 40
const WARM_UPS = 3
/** Of 32 px each, in this window. */
const ROWS_IN_VIEW = 20
const IDLE_MS = 20_000
const SLOW_SHARE = 0.95
const RANGE = { filter: 'ip:10.3.0.0/16', matches: Math.ceil((SESSIONS - 3) / 7) }
const OTHER = { filter: 'ip:10.5.0.0/16', matches: Math.ceil((SESSIONS - 5) / 7) }

/**
 * The page of sessions as a wizard has it, whole: the shipped console over real Kafka and Redis, Chromium, ten thousand sessions
 * of which two hundred change each second. Beside each figure what the same costs a program that asks by HTTP.
 */
export async function consolePage(): Promise<Claim> {
  const opened: (() => Promise<void>)[] = []
  const keep = <T>(part: T, close: (part: T) => Promise<void>): T => {
    opened.push(() => close(part))
    return part
  }
  try {
    const world = keep(await publishWorld(SESSIONS), (part) => part.stop())
    const console = keep(await startConsole(world), (part) => part.stop())
    const page = keep(await watchPage(console), (part) => part.close())
    keep(world.play(CHANGES_PER_S), async (end) => end())
    return { ...TEXT, rows: await measured({ world, console, page }) }
  } finally {
    for (const close of opened.toReversed()) await close()
  }
}

type Parts = { world: PublishedWorld; console: ConsoleProcess; page: WatchedPage }

async function measured({ world, console, page }: Parts): Promise<Row[]> {
  const ask = asking(console)
  const visits = await repeated(VISITS, async () => ({ ours: await page.firstRows(), base: await ask('') }))
  const sorts = await repeated(QUESTIONS, async (number) => ({
    ours: await page.sort('Handle', number % 2 === 0 ? SESSIONS : 1),
    base: await ask(number % 2 === 0 ? 'sort=-handle' : ''),
  }))
  const filters = await repeated(QUESTIONS, async (number) => {
    const { filter, matches } = number % 2 === 0 ? RANGE : OTHER
    return {
      ours: await page.filter(filter, matches, SESSIONS),
      base: await ask(`filter=${encodeURIComponent(filter)}`),
    }
  })
  await page.firstRows()
  const idle = await page.idle(IDLE_MS)
  const live = await readLive(console.client)
  const events = await repeated(EVENTS, async (number) => {
    const host = `seen-${number}-${Date.now()}.example.net`
    const has = ({ up }: LivePatch): boolean => up.some((row) => row.host === host)
    const told = live.waitFor('patch', has, live.events.length).then(() => Date.now())
    const painted = page.painted(host)
    const sentAt = Date.now()
    world.rename(1 + (number % ROWS_IN_VIEW), host)
    return { ours: (await painted) - sentAt, base: (await told) - sentAt }
  })
  live.close()
  return rowsOf({ visits, sorts, filters, events }, idle)
}

/** Each one after the other; the first ones do not count. */
async function repeated(count: number, act: (number: number) => Promise<Pair>): Promise<Pair[]> {
  const found: Pair[] = []
  for (let number = 0; number < WARM_UPS + count; number++) found.push(await act(number))
  return found.slice(WARM_UPS)
}

/** What a page of rows takes by HTTP, ms. */
const asking =
  ({ client }: ConsoleProcess) =>
  async (query: string): Promise<number> => {
    const startedAt = performance.now()
    await client.read(`/api/sessions?limit=100&${query}`, sessionsSchema)
    return performance.now() - startedAt
  }

type Found = Readonly<Record<'visits' | 'sorts' | 'filters' | 'events', readonly Pair[]>>

function rowsOf(
  { visits, sorts, filters, events }: Found,
  idle: { longestTaskMs: number; tasksOver50: number; rows: number },
) {
  const slowest = (pairs: readonly Pair[]): Pair[] => [
    {
      ours: percentile(
        pairs.map(({ ours }) => ours),
        SLOW_SHARE,
      ),
      base: percentile(
        pairs.map(({ base }) => base),
        SLOW_SHARE,
      ),
    },
  ]
  const asked = 'the answer by HTTP alone'
  const note = `${idle.tasksOver50} tasks over 50 ms in ${IDLE_MS / 1_000} s, the longest ${Math.round(idle.longestTaskMs)} ms; at most ${idle.rows} rows in the document`
  const of = (what: string, reference: string, bound: number, pairs: readonly Pair[]) => [
    rowOf({ what: `${what}, median`, reference, unit: 'ms' }, pairs),
    rowOf({ what: `${what}, p95`, reference, unit: 'ms', goal: atMost(bound, 'ours') }, slowest(pairs)),
  ]
  return [
    ...of('first rows, from the key', asked, 300, visits),
    ...of('sorted, from the key to paint', asked, 100, sorts),
    ...of('filtered, from the key to paint', asked, 100, filters),
    ...of('a change, from its memory to paint', 'the stream’s patch by HTTP alone', 1_000, events),
    rowOf(
      {
        what: 'longest task of the stream',
        reference: 'a frame of 60 a second',
        unit: 'ms',
        goal: atMost(50, 'ours'),
        note,
      },
      [{ ours: idle.longestTaskMs, base: 1_000 / 60 }],
    ),
    rowOf({ what: 'rows in the document', reference: 'rows in view', unit: 'rows', goal: atMost(60, 'ours') }, [
      { ours: idle.rows, base: ROWS_IN_VIEW },
    ]),
  ]
}

const TEXT: Omit<Claim, 'rows'> = {
  name: 'console-page',
  title: 'The page of 10,000 sessions in Chromium',
  method: [
    `${SESSIONS} sessions in Redis and on the log, published by a stand-in for their gateway and server; ${CHANGES_PER_S} of them change each second in all three copies.`,
    'The shipped console (next start) over a real Redis and Kafka, and a headless Chromium of 1440 x 900, signed in; keys are pressed as a wizard presses them.',
    'Times are of the page: from the key’s own time stamp to the frame after the rows were there. A change: from before it is handed to Kafka to the frame that shows its text.',
    `${VISITS} visits from Overview, ${QUESTIONS} sorts and filters, ${EVENTS} changes in rows in view, after ${WARM_UPS} each to warm up; p95 over all of them.`,
    `Long tasks and rows: ${IDLE_MS / 1_000} s in which nobody touches the page. A task of 0 ms stands for none over 50 ms: a browser tells of no other.`,
    'Browser, console, services and the load share the machine.',
  ],
}
