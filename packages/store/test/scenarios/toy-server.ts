/**
 * A server with a toy game, in a process of its own so that it can be killed: the shipped state layer, driven over IPC.
 * Lines: `echo X`, `say X` (to its room), `hold X` (says it once the test lets it), `poison`, `ask X` (answered beside the
 * line, once the test lets it), `bind NAME` (a login: told when it is stored). `{alter, fields}` changes memory behind the
 * state layer's back.
 */
import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { z } from 'zod'
import { type SessionRecord, sessionRecordSchema, sidSchema } from '../../src/contracts/index.ts'
import { type Effect, type Game, startConnectionStateStore } from '../../src/index.ts'

const env = z
  .object({ REDIS_URL: z.string(), KAFKA_BROKERS: z.string(), SECRET: z.string(), INCARNATION: z.string() })
  .parse(process.env)

const alterationSchema = z.object({ alter: sidSchema, fields: sessionRecordSchema.partial() })

const report = (message: object): void => void process.send?.(message)
let release: (() => void)[] = []
let isOpen = false
const released = (): Promise<void> => (isOpen ? Promise.resolve() : new Promise((resolve) => release.push(resolve)))

const tell = ({ sid }: SessionRecord, text: string): Effect => ({
  kind: 'output',
  to: [sid],
  parts: [{ kind: 'text', text }],
})

/** Handles 120 to 129 hear each other: tests stay out of each other's way. */
const roomOf = (handle: number): number => Math.floor(handle / 10)

const game: Game = {
  established: (session) => [tell(session, 'welcome')],
  async input(session, { line, inputSequence }, { sessions }) {
    report({ kind: 'applied', sid: session.sid, inputSequence })
    const [word, rest = ''] = line.split(/ (.*)/s)
    if (word === 'poison') throw new Error('poison')
    if (word === 'echo') return [tell(session, rest)]
    if (word === 'ask' || word === 'bind') return [{ kind: 'ask', question: { kind: word, content: rest } }]
    if (word === 'hold') {
      report({ kind: 'holding' })
      await released()
    }
    const to = sessions
      .all()
      .filter(({ handle }) => roomOf(handle) === roomOf(session.handle))
      .map(({ sid }) => sid)
    return [{ kind: 'output', to, parts: [{ kind: 'text', text: `${session.handle}: ${rest}` }] }]
  },
  answered(session, question, answer) {
    if (question.kind === 'ask') return [tell(session, answer)]
    if (question.kind === 'stored') return [tell(session, `bound ${session.player} ${answer}`)]
    return [
      { kind: 'set', fields: { player: answer, playerName: answer, loginState: 'loggedIn', boundBy: 1, room: '#0' } },
      { kind: 'ask', question: { kind: 'stored', content: '' } },
    ]
  },
  command: () => [],
  closed: () => [],
  async work(_session, question, tools) {
    if (question.kind === 'stored') return tools.storeBinding()
    report({ kind: 'working' })
    await released()
    return question.content
  },
}

const store = await startConnectionStateStore({
  redisUrl: env.REDIS_URL,
  brokers: [env.KAFKA_BROKERS],
  secret: env.SECRET,
  incarnation: env.INCARNATION,
  game,
  clock: systemClock,
  logger: createLogger({ name: env.INCARNATION, level: 'warn' }),
  metrics: createMetrics(),
  signal: new AbortController().signal,
  onDead(error) {
    report({ kind: 'dead', error: error.message })
    process.exit(71)
  },
})

process.on('message', (message) => {
  if (message === 'release') {
    isOpen = true
    for (const resolve of release) resolve()
    release = []
  }
  if (message === 'status') report({ kind: 'status', ...store.status(), sessions: store.sessions.all() })
  const alteration = alterationSchema.safeParse(message)
  if (alteration.success) Object.assign(store.sessions.get(alteration.data.alter) ?? {}, alteration.data.fields)
  if (message === 'stop') void store.stop(4_000).then(() => process.exit(0))
})
process.on('disconnect', () => process.exit(0))
report({ kind: 'up' })
