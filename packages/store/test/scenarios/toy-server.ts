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
import { copyText } from './copy-text.ts'

const env = z
  .object({
    REDIS_URL: z.string(),
    KAFKA_BROKERS: z.string(),
    SECRET: z.string(),
    INCARNATION: z.string(),
    GRACE_MS: z.coerce.number().default(120_000),
    /** How far this process's wall clock is from the others', ms. */
    CLOCK_OFF_MS: z.coerce.number().default(0),
  })
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
    if (question.kind === 'stored') {
      const { sid, player, playerName, loginState } = session
      const text = { kind: 'text', text: `bound ${player} ${answer}` } as const
      return [{ kind: 'output', to: [sid], parts: [{ kind: 'bind', player, playerName, loginState }, text] }]
    }
    return [
      { kind: 'set', fields: { player: answer, playerName: answer, loginState: 'loggedIn', boundBy: 1, room: '#0' } },
      { kind: 'ask', question: { kind: 'stored', content: '' } },
    ]
  },
  command(session, command) {
    if (command.kind === 'message') return [tell(session, `${command.from}: ${command.text}`)]
    if (command.kind !== 'close') return []
    const { text, reason } = command
    const words = text === null ? [] : [{ kind: 'text' as const, text }]
    return [{ kind: 'output', to: [session.sid], parts: [...words, { kind: 'close', reason }] }]
  },
  closed: () => [],
  async work(_session, question, tools) {
    if (question.kind === 'stored') return tools.storeBinding()
    report({ kind: 'working' })
    await released()
    return question.content
  },
}

/** `Mara` is a wizard, `Bob` none; their password is the same. */
game.signIn = async (question) => {
  if ('dbref' in question) return { answer: { kind: 'refused' }, who: null }
  const who = ['Mara', 'Bob'].find((name) => name === question.name) ?? null
  const isRight = who === 'Mara' && question.password === 'correct-horse-battery'
  const wizard = { kind: 'wizard', dbref: '#1', name: 'Mara', credentialEpoch: 'e1' } as const
  return { answer: isRight ? wizard : { kind: 'refused' }, who }
}

const store = await startConnectionStateStore({
  redisUrl: env.REDIS_URL,
  brokers: [env.KAFKA_BROKERS],
  secret: env.SECRET,
  incarnation: env.INCARNATION,
  graceMs: env.GRACE_MS,
  game,
  clock: { ...systemClock, now: () => systemClock.now() + env.CLOCK_OFF_MS },
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
  if (message === 'brief') report({ kind: 'status', ...store.status(), sessions: [] })
  if (message === 'copies') {
    report({ kind: 'copies', copies: store.sessions.all().map((record) => [record.sid, copyText(record)]) })
  }
  const alteration = alterationSchema.safeParse(message)
  if (alteration.success) Object.assign(store.sessions.get(alteration.data.alter) ?? {}, alteration.data.fields)
  if (message === 'stop') void store.stop(4_000).then(() => process.exit(0))
})
process.on('disconnect', () => process.exit(0))
report({ kind: 'up' })
