import { systemClock } from '@holdfast/runtime'
import { partitionOf, type SessionRecord, serverReading, versionOf } from '@holdfast/store/contracts'
import { type ConsoleAnswers, createConsoleAnswers } from '../packages/store/src/console/console-answers.ts'
import { type ConsoleModel, createConsoleModel } from '../packages/store/src/console/console-model.ts'
import { beatOf, GATEWAY, SERVER } from '../packages/store/src/testing/console-rig.ts'
import { atMost, type Claim, type Pair, percentile, rounds, rowOf } from './measure.ts'
import { newSessions } from './sessions.ts'

const SESSIONS = 10_000
const QUESTIONS = 40
const ROUNDS = 25
const WARM_UPS = 5
const PAGE = 200
const SLOW_SHARE = 0.95

/** A row as plainly as a program could hold it that shows nothing else. */
interface PlainRow {
  handle: number
  name: string
  ip: string
  signalAt: number
}

/**
 * What a wizard does all day: a list of ten thousand sessions is sorted and filtered, and its rows come with their source, age and
 * state. Beside it, an array of plain objects is sorted and filtered, which has no copies to compare.
 */
export async function consoleModel(): Promise<Claim> {
  const records = newSessions(SESSIONS).map((record, number) => ({
    ...record,
    gateway: GATEWAY,
    playerName: `Player${(number * 7_919) % SESSIONS}`,
    ip: `10.${number % 7}.0.${number % 250}`,
    lastConnectionSignal: Date.now() - ((number * 104_729) % 3_600_000),
  }))
  const { model, answers } = filled(records)
  const plain: PlainRow[] = records.map(({ handle, playerName, ip, lastConnectionSignal }) => ({
    handle,
    name: (playerName ?? '').toLowerCase(),
    ip,
    signalAt: lastConnectionSignal ?? 0,
  }))
  const listed = await pairs(
    () => ask(answers, { limit: PAGE }, SESSIONS),
    () => plainPage(plain.toSorted((a, b) => a.handle - b.handle)),
  )
  const sorted = await pairs(
    () => ask(answers, { sort: 'player,-idle', limit: PAGE }, SESSIONS),
    () => plainPage(plain.toSorted(byNameThenIdle)),
  )
  const inRange = records.filter(({ ip }) => ip.startsWith('10.3.')).length
  const filtered = await pairs(
    () => ask(answers, { filter: 'ip:10.3.0.0/16 idle:>0s', sort: '-idle', limit: PAGE }, inRange),
    () => plainPage(plain.filter(({ ip }) => ip.startsWith('10.3.')).sort((a, b) => a.signalAt - b.signalAt)),
  )
  model.changes.close()
  const reference = 'the same of an array of plain objects'
  const goal = atMost(50, 'ours')
  return {
    name: 'console-model',
    title: 'Sort and filter 10,000 sessions in the console',
    method: [
      `${SESSIONS} sessions in all three copies, judged; ${QUESTIONS} questions a round for a page of ${PAGE}, ${ROUNDS} rounds after ${WARM_UPS} to warm up.`,
      'Each figure is the slowest but one in twenty of a round (p95), with the look at all sources that every answer begins with.',
      'The reference sorts and filters an array of objects with four fields, names in lower case already.',
    ],
    rows: [
      rowOf({ what: 'first page, p95', reference, unit: 'ms', goal }, listed),
      rowOf({ what: 'sorted by name, then idle, p95', reference, unit: 'ms', goal }, sorted),
      rowOf({ what: 'filtered by address and idle, sorted, p95', reference, unit: 'ms', goal }, filtered),
    ],
  }
}

function filled(records: readonly SessionRecord[]): { model: ConsoleModel; answers: ConsoleAnswers } {
  const model = createConsoleModel({
    clock: systemClock,
    // All sources fresh at every moment.
    reading: () => ({
      kafkaSilentMs: 0,
      copiesReadAsOf: systemClock.monotonic(),
      redisAnsweredAt: systemClock.monotonic(),
    }),
    onListenerFailed(error) {
      throw error
    },
  })
  const answers = createConsoleAnswers(model, () => ({ ping: { isAnswered: true, ms: 1 }, lag: 0 }))
  // Heard in the future, so that no bench outlives it.
  for (const process of [SERVER, GATEWAY]) model.applyBeat(beatOf(process), Number.MAX_SAFE_INTEGER)
  const give = (partition: number, key: string, record: object): void =>
    model.applyState({ partition, offset: 0, key, value: Buffer.from(JSON.stringify(record)) })
  for (const record of records) {
    const { sid, player, loginState } = record
    const partition = partitionOf(sid)
    const at = Date.now()
    give(partition, `${sid}/server`, { v: 1, kind: 'session', epoch: 1, at, owner: SERVER, record, pending: null })
    const copy = { v: 1, kind: 'connection', at, sid, fields: record, player, loginState, pending: null }
    give(partition, `${sid}/gateway`, copy)
    const hash = Object.fromEntries(Object.entries(serverReading(record, 0).fields).filter(([, text]) => text !== ''))
    model.putStored(sid, { hash, version: versionOf(record) }, systemClock.monotonic())
  }
  while (answers.divergence().counts['in-sync'] < records.length) model.tick()
  return { model, answers }
}

function ask(answers: ConsoleAnswers, query: Parameters<ConsoleAnswers['sessions']>[0], total: number): void {
  const answer = answers.sessions(query)
  if (!answer.ok || answer.value.total !== total) throw new Error('the console has answered something else')
}

function plainPage(rows: readonly PlainRow[]): void {
  const page = rows.slice(0, PAGE).map((row) => ({ ...row, idleMs: Date.now() - row.signalAt }))
  if (page.length !== PAGE) throw new Error('the reference has lost rows')
}

const byNameThenIdle = (a: PlainRow, b: PlainRow): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.signalAt - b.signalAt || a.handle - b.handle

function pairs(ours: () => void, base: () => void): Promise<Pair[]> {
  const slowest = (question: () => void) => () => {
    const times = Array.from({ length: QUESTIONS }, () => {
      const startedAt = performance.now()
      question()
      return performance.now() - startedAt
    })
    return percentile(times, SLOW_SHARE)
  }
  return rounds(ROUNDS, WARM_UPS, { ours: slowest(ours), base: slowest(base) })
}
