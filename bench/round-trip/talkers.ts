import { connect, type Socket } from 'node:net'
import { waitUntil } from '@holdfast/runtime/testing'
import { WIZARD } from '../../e2e/harness/game.ts'
import { firstCounted, type Latencies, type Load, latenciesOf, numberText, sendEvenly } from './open-loop.ts'

export const ROOMS = 20
export const PER_ROOM = 10
const PLAYERS = ROOMS * PER_ROOM
/** A password's hash takes a core some 20 ms, and the game works on two at once. */
const LOGINS_AT_ONCE = 8
const LOGIN_MS = 30_000
/** After the last line is typed. */
const HEARD_WITHIN_MS = 20_000

/** As long as what people say. */
export const WORDS = 'The tide is out and the harbour is quiet.'
/** `You say, "000123 The tide ...` and `Player7 says, "000123 The tide ...`. */
const HEARD = /^(You say|\w+ says), "(\d{6}) /

export type TalkFigures = {
  /** A line's own answer. */
  own: Latencies
  /** Each listener's hearing of it. */
  heard: Latencies
  /** Hearings that never came. */
  lost: number
}

export interface Talkers {
  talk(load: Load): Promise<TalkFigures>
  close(): void
}

type Talker = { readonly socket: Socket; readonly lines: string[] }

/**
 * 200 players on real sockets in rooms of ten, dug by the wizard. The client is as small as it can be (it looks for whole
 * lines and answers no telnet option), since it shares the machine with what it measures.
 */
export async function seatTalkers(port: number): Promise<Talkers> {
  let onLine = (_talker: Talker, _line: string): void => undefined
  const join = async (login: string): Promise<Talker> => {
    const talker = await openTalker(port, (...heard) => onLine(...heard))
    await ask(talker, login, 'Welcome to Holdfast.')
    return talker
  }
  const wizard = await join(`connect ${WIZARD.name} ${WIZARD.password}`)
  for (let room = 0; room < ROOMS; room++) await ask(wizard, `@dig Quay ${room}=quay${room},back`, 'Linked exit')
  wizard.socket.destroy()

  const talkers: Talker[] = []
  for (let first = 0; first < PLAYERS; first += LOGINS_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(LOGINS_AT_ONCE, PLAYERS - first) }, (_, at) => first + at)
    talkers.push(...(await Promise.all(numbers.map((number) => join(`create Talker${number} mending-nets-${number}`)))))
  }
  for (const [number, talker] of talkers.entries()) await ask(talker, `quay${number % ROOMS}`, `Quay ${number % ROOMS}`)

  return {
    async talk(load) {
      const found = listening(load)
      onLine = (_talker, line) => found.onLine(line)
      const sent = await sendEvenly(load, (number) => {
        found.sentAt[number] = performance.now()
        talkers[number % PLAYERS]?.socket.write(`say ${numberText(number)} ${WORDS}\r\n`)
      })
      const wanted = sent * PER_ROOM
      // What has not come then is lost, and said so.
      await waitUntil(() => found.hearings() >= wanted, { timeoutMs: HEARD_WITHIN_MS, what: 'all' }).catch(() => null)
      onLine = () => undefined
      return { own: latenciesOf(found.own), heard: latenciesOf(found.heard), lost: wanted - found.hearings() }
    },
    close() {
      for (const { socket } of talkers) socket.destroy()
    },
  }
}

function listening(load: Load) {
  const first = firstCounted(load)
  const sentAt: number[] = []
  const own: number[] = []
  const heard: number[] = []
  let hearings = 0
  return {
    sentAt,
    own,
    heard,
    hearings: () => hearings,
    onLine(line: string) {
      const [, who, text] = HEARD.exec(line) ?? []
      const number = Number(text)
      const at = sentAt[number]
      if (at === undefined) return
      hearings++
      if (number >= first) (who === 'You say' ? own : heard).push(performance.now() - at)
    },
  }
}

async function openTalker(port: number, onLine: (talker: Talker, line: string) => void): Promise<Talker> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const talker: Talker = { socket, lines: [] }
  let rest = ''
  let isAtPlay = false
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (isAtPlay) onLine(talker, line)
      if (talker.lines.length < LINES_KEPT) talker.lines.push(line)
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  isAtPlay = true
  return talker
}

/** For `ask`: what comes while players log in; never reached by it, and soon reached by talk, which needs none. */
const LINES_KEPT = 2_000

async function ask({ socket, lines }: Talker, line: string, answer: string): Promise<void> {
  const since = lines.length
  socket.write(`${line}\r\n`)
  await waitUntil(() => lines.slice(since).some((each) => each.includes(answer)), {
    timeoutMs: LOGIN_MS,
    everyMs: 5,
    what: `"${answer}" after "${line.split(' ')[0]}"`,
  })
}
