import { waitUntil } from '@holdfast/runtime/testing'
import {
  type Command,
  type CommandRequest,
  commandSchema,
  type Problem,
  problemSchema,
  type SessionRow,
  type SignedIn,
  sessionsSchema,
  signedInSchema,
} from '@holdfast/store/contracts'
import type { z } from 'zod'

/** A browser as the console's API sees it: it keeps the cookie, and says which page it asks from. */
export interface Browser {
  readonly origin: string
  /** What it would send; null when it is signed out. */
  cookie: string | null
  /** A request as it is: `headers` beside those that every browser sends. */
  ask(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** An answer in the shape of its schema, which is all that it may have. */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>
  signIn(name: string, password: string): Promise<SignedIn>
  /** The row of a player's session that is there; waits for it. */
  row(player: string, fits?: (row: SessionRow) => boolean, ms?: number): Promise<SessionRow>
  /** Gives a command and follows it until it is in one of these states. */
  command(request: CommandRequest, until: readonly Command['state'][], ms?: number): Promise<Command>
}

const ANSWER_MS = 15_000
const ROW_MS = 15_000
const COMMAND_MS = 20_000
const LOOK_MS = 100

export const newCommandId = (): string => crypto.randomUUID()

export function openBrowser(webPort: number): Browser {
  const origin = `http://127.0.0.1:${webPort}`

  const ask: Browser['ask'] = async (path, init = {}) => {
    const headers = new Headers(init.headers)
    if (browser.cookie !== null && !headers.has('cookie')) headers.set('cookie', browser.cookie)
    const signal = init.signal ?? AbortSignal.timeout(ANSWER_MS)
    const response = await fetch(`${origin}${path}`, { ...init, headers, signal, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      browser.cookie = pair.endsWith('=') ? null : pair
    }
    return response
  }

  const post: Browser['post'] = (path, body, headers = {}) =>
    ask(path, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })

  const read: Browser['read'] = async (path, schema) => {
    const response = await ask(path)
    const body: unknown = await response.json()
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`)
    const parsed = schema.parse(body)
    const extra = firstDifference(body, parsed)
    if (extra !== null) throw new Error(`${path}: the answer has ${extra}, its schema has not`)
    return parsed
  }

  const browser: Browser = {
    origin,
    cookie: null,
    ask,
    post,
    read,
    async signIn(name, password) {
      const response = await post('/api/auth/sign-in', { name, password })
      if (response.status !== 200) throw new Error(`sign-in: ${response.status} ${await response.text()}`)
      return signedInSchema.parse(await response.json())
    },
    row: (player, fits = () => true, ms = ROW_MS) =>
      waitUntil(
        async () => {
          const { items } = await read('/api/sessions?limit=200', sessionsSchema)
          return items.find((row) => row.player?.name === player && row.status !== 'closed' && fits(row))
        },
        { timeoutMs: ms, everyMs: LOOK_MS, what: `the row of ${player}` },
      ),
    async command(request, until, ms = COMMAND_MS) {
      const response = await post('/api/commands', request)
      if (response.status !== 202) throw new Error(`${request.type}: ${response.status} ${await response.text()}`)
      let last = commandSchema.parse(await response.json())
      return waitUntil(
        async () => {
          last = await read(`/api/commands/${request.id}`, commandSchema)
          if (until.includes(last.state)) return last
          throw new Error(`it is ${last.state}: ${JSON.stringify(last.results)}`)
        },
        { timeoutMs: ms, everyMs: LOOK_MS, what: `${request.type} ${until.join(' or ')}` },
      )
    },
  }
  return browser
}

/** An error of the API; throws where the answer is none. */
export async function problemIn(response: Response): Promise<Problem> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`${response.status}: no problem but ${response.headers.get('content-type')}`)
  }
  const problem = problemSchema.parse(await response.json())
  if (problem.status !== response.status) throw new Error(`${problem.status} in an answer of ${response.status}`)
  return problem
}

/** The path of something in `sent` that parsing has dropped; null where nothing was. */
function firstDifference(sent: unknown, parsed: unknown, path = 'it'): string | null {
  if (typeof sent !== 'object' || sent === null) return null
  if (typeof parsed !== 'object' || parsed === null) return path
  const of = new Map<string, unknown>(Object.entries(parsed))
  for (const [name, value] of Object.entries(sent)) {
    if (!of.has(name)) return `${path}.${name}`
    const inner = firstDifference(value, of.get(name), `${path}.${name}`)
    if (inner !== null) return inner
  }
  return null
}
