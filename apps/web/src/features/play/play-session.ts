import type { Clock } from '@holdfast/runtime/clock'
import { type AnsiReader, createAnsiReader } from './ansi-reader.ts'
import type { FromGateway, ToGateway } from './frames.ts'
import { createGameLink, type OpenSocket } from './game-link.ts'
import { type LinkState, linkWords } from './link-state.ts'
import { append, EMPTY_SCROLL_BACK, type LineKind, type NewLine, type ScrollBack } from './scroll-back.ts'
import { withoutPassword } from './secret-line.ts'
import { PLAIN, type Run } from './text-style.ts'

/** What there is to see. Each one is new, and nothing in it changes. */
export interface PlayView {
  readonly link: LinkState
  readonly scrollBack: ScrollBack
  /** The line that has not ended: a prompt. */
  readonly partial: readonly Run[]
  /** What is typed now is a password. */
  readonly isSecret: boolean
}

export interface PlaySession {
  start(): void
  stop(): void
  /** Each line of it as an input. `kept`: there is no connection, nothing was sent. */
  send(text: string): 'sent' | 'kept'
  retryNow(): void
  /** Looks whether a connection that looks open is. */
  check(): void
  /** The screen's size in characters. */
  resize(width: number, height: number): void
  subscribe(listener: () => void): () => void
  read(): PlayView
}

export interface PlaySessionOptions {
  url: string
  openSocket: OpenSocket
  clock: Clock
  random: () => number
  /** Whether own lines are shown as they are sent. */
  isEchoOn: () => boolean
  /** Has `work` done soon, once for much that happens; at once in tests. */
  soon: (work: () => void) => void
}

export const FIRST_VIEW: PlayView = {
  link: { kind: 'connecting', attempt: 0 },
  scrollBack: EMPTY_SCROLL_BACK,
  partial: [],
  isSecret: false,
}

const CLIENT = 'Holdfast web'
const SIZE_AT_FIRST = { width: 80, height: 24 }
/** How many lines without an answer are remembered; what a notice says of more is their number all the same. */
const UNACKED_MAX = 200
const HIDDEN = '••••••'

/** The game as one player sees it: what comes in, what goes out, and what is said where a connection ends. */
export function createPlaySession(options: PlaySessionOptions): PlaySession {
  const { url, openSocket, clock, random, isEchoOn, soon } = options
  const listeners = new Set<() => void>()
  let view: PlayView = FIRST_VIEW
  let isTelling = false
  let reader: AnsiReader = createAnsiReader()
  let size = SIZE_AT_FIRST
  let sequence = 0
  let unacked: number[] = []
  let lostAt: number | null = null

  const change = (part: Partial<PlayView>): void => {
    view = { ...view, ...part }
    if (isTelling) return
    isTelling = true
    soon(() => {
      isTelling = false
      for (const listener of listeners) listener()
    })
  }

  /** With these lines below what stands there; an unfinished line is ended first. */
  const add = (kind: LineKind, texts: readonly string[]): void => {
    const prompt = reader.breakLine()
    const before: NewLine[] = prompt ? [{ kind: 'game', runs: prompt }] : []
    const lines = texts.map((text) => ({ kind, runs: [{ text, style: PLAIN }] }))
    change({ scrollBack: append(view.scrollBack, [...before, ...lines]), partial: [] })
  }

  const show = (text: string): void => {
    const { lines, partial } = reader.read(text)
    const added = lines.map((runs) => ({ kind: 'game' as const, runs }))
    change({ scrollBack: append(view.scrollBack, added), partial })
  }

  const onState = (link: LinkState): void => {
    const before = view.link.kind
    if (link.kind === 'open') {
      reader = createAnsiReader()
      sequence = 0
      if (lostAt !== null)
        add('notice', [`Connected again after ${seconds(clock.monotonic() - lostAt)}. Log in to go on.`])
      lostAt = null
    } else if (before === 'open') {
      lostAt = link.kind === 'waiting' ? clock.monotonic() : null
      const unsure = unacked.length === 0 ? [] : [unsureNotice(unacked.length)]
      add('notice', [linkWords(link, 0, true), ...unsure])
      unacked = []
    } else if (link.kind === 'over' || (link.kind === 'waiting' && link.attempt === 1)) {
      add('notice', [linkWords(link, 0, true)]) // once: the next tries are shown, not told
    }
    // A prompt for a password does not outlive its connection: the box must not hide what is typed next.
    change({ link, isSecret: link.kind === 'open' && before === 'open' && view.isSecret })
  }

  const onMessage = (message: FromGateway): void => {
    if (message.id === 'ack') unacked = unacked.filter((seq) => seq > message.seq)
    else if (message.id === 'echo') change({ isSecret: !message.on })
    else if (message.id === 'error') {
      unacked = unacked.filter((seq) => seq !== message.seq)
      add('notice', [message.text])
    }
  }

  const hello = (): ToGateway => ({ id: 'hello', data: { client: CLIENT, ...size } })
  const link = createGameLink({ url, openSocket, clock, random, hello, onState, onText: show, onMessage })

  return {
    start: link.start,
    stop: link.stop,
    send(text) {
      if (link.state.kind !== 'open') return 'kept'
      const lines = text.split(/\r\n|\r|\n/)
      const { isSecret } = view
      for (const line of lines) {
        sequence++
        // What is not in the history cannot be brought back: nothing is promised of it.
        if (!isSecret && isKeepable(line)) unacked = [...unacked, sequence].slice(-UNACKED_MAX)
        link.send({ id: 'input', data: { seq: sequence, line } })
      }
      if (isSecret) add('own', [HIDDEN])
      else if (isEchoOn())
        add(
          'own',
          lines.map((line) => withoutPassword(line) ?? line),
        )
      return 'sent'
    },
    retryNow: link.retryNow,
    check: link.check,
    resize(width, height) {
      if (width === size.width && height === size.height) return
      size = { width, height }
      link.send(hello())
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read: () => view,
  }
}

/** Whether a line may be in the history: it says something, and no password. */
export const isKeepable = (line: string): boolean => line.trim() !== '' && withoutPassword(line) === null

const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1_000))} s`

const unsureNotice = (count: number): string =>
  count === 1
    ? 'Your last line may not have reached the game. The up arrow brings it back.'
    : `Your last ${count} lines may not have reached the game. The up arrow brings them back.`
