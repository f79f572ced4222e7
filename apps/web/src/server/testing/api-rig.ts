import { createHealth, createLogger, createMetrics } from '@holdfast/runtime'
import { type ManualClock, manualClock } from '@holdfast/runtime/testing'
import type { Submitted } from '@holdfast/store'
import type { Command, CommandRequest, HealthReport, Sid, SignInAnswer } from '@holdfast/store/contracts'
import { createAnswering } from '../answering.ts'
import { ARRIVAL_HEADERS } from '../arrival.ts'
import type { RouteName } from '../console-process.ts'
import { createGuard } from '../guard.ts'
import { createLimits } from '../limits.ts'
import type { ConsolePort } from '../ports.ts'
import { createRoutes } from '../routes.ts'
import { createSignInCopies } from '../sign-in-copies.ts'
import { createSignInSessions, IDLE_MS, LIFE_MS } from '../sign-in-sessions.ts'

export const HOST = 'localhost:3000'
const ORIGIN = `http://${HOST}`

/** What a test says that the state layer says. Everything else of it is asked for by no test here. */
export interface Answers {
  signIn: (name: string, password: string) => SignInAnswer
  standing: SignInAnswer
  submit: (request: CommandRequest) => Submitted
  known: Command | null
  resolved: Sid[]
  health: HealthReport | Error
}

export const wizardAnswer: SignInAnswer = { kind: 'wizard', dbref: '#1', name: 'Corwin', credentialEpoch: 'e1' }

export const commandOf = (request: CommandRequest): Command => ({
  ...request,
  by: 'Corwin',
  state: 'sent',
  results: [],
})

const unused = (): never => {
  throw new Error('no test asks for this')
}

function consoleOf(answers: Answers, submitted: CommandRequest[]): ConsolePort {
  return {
    sessions: unused,
    sids: unused,
    session: () => null,
    divergence: unused,
    trend: unused,
    queues: unused,
    events: unused,
    pulse: unused,
    subscribe: unused,
    status: unused,
    resolve: () => ({ ok: true, sids: answers.resolved }),
    health() {
      if (answers.health instanceof Error) throw answers.health
      return answers.health
    },
    signIns: {
      signIn: async (name, password) => answers.signIn(name, password),
      standing: async () => answers.standing,
    },
    commands: {
      async submit(request, _by, resolve) {
        submitted.push(request)
        if ('filter' in request.target) resolve(request.target.filter)
        return answers.submit(request)
      },
      stop: async (id) => {
        const { known } = answers
        return known?.id === id ? { kind: 'accepted', command: known } : { kind: 'unknown' }
      },
      get: () => answers.known,
      audit: () => null,
    },
  }
}

export interface AskOptions {
  method?: string
  body?: unknown
  headers?: Readonly<Record<string, string | undefined>>
  params?: Readonly<Record<string, string>>
  arrival?: { peer?: string; host?: string; scheme?: string }
}

/** The console's routes over a state layer that says what the test says. Time stands still. */
export function createApiRig({ isReadOnly = false, isOpen = true }: { isReadOnly?: boolean; isOpen?: boolean } = {}) {
  const clock: ManualClock = manualClock()
  const log: string[] = []
  const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => log.push(line) } })
  const metrics = createMetrics()
  const answers: Answers = {
    signIn: () => wizardAnswer,
    standing: wizardAnswer,
    submit: (request) => ({ kind: 'accepted', command: commandOf(request) }),
    known: null,
    resolved: [],
    health: new Error('not told'),
  }
  const submitted: CommandRequest[] = []
  const console = consoleOf(answers, submitted)
  const nothing = { put: async () => undefined, get: async () => null, remove: async () => undefined }
  let made = 0
  const sessions = createSignInSessions({
    clock,
    randomBytes: (count) => Buffer.alloc(count, ++made),
    copies: createSignInCopies({ clock, mirror: nothing, idleMs: IDLE_MS, lifeMs: LIFE_MS, onFailed: unused }),
    standing: async () => answers.standing,
  })
  const guard = createGuard({ sessions, isReadOnly })
  const routes = createRoutes({
    clock,
    answering: createAnswering({ logger, metrics, newId: () => `request-${++made}` }),
    guard,
    sessions,
    limits: createLimits(clock),
    health: createHealth({ clock }),
    metrics,
    console: () => (isOpen ? console : null),
    live: () => null,
  })

  /** As a browser at the console's own page, unless `headers` say otherwise. */
  const ask = (route: RouteName, options: AskOptions = {}): Promise<Response> => {
    const { method = 'GET', body, params = {}, arrival = {} } = options
    const isForm = body instanceof URLSearchParams
    const headers = new Headers({
      [ARRIVAL_HEADERS.peer]: arrival.peer ?? '127.0.0.1',
      [ARRIVAL_HEADERS.host]: arrival.host ?? HOST,
      [ARRIVAL_HEADERS.scheme]: arrival.scheme ?? 'http',
      'sec-fetch-site': 'same-origin',
      origin: ORIGIN,
    })
    if (body !== undefined && !isForm) headers.set('content-type', 'application/json')
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value === undefined) headers.delete(name)
      else headers.set(name, value)
    }
    const sent = body === undefined || isForm ? body : JSON.stringify(body)
    return routes[route](new Request(`${ORIGIN}/`, { method, headers, body: sent }), params)
  }

  /** The cookie of a wizard who has just signed in. */
  const signIn = async (): Promise<string> => {
    const response = await ask('signIn', { method: 'POST', body: { name: 'Corwin', password: 'x' } })
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  return { clock, log, answers, submitted, sessions, guard, ask, signIn }
}
