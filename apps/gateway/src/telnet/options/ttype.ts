import { z } from 'zod'
import { OPTION } from '../telnet-codes.ts'
import { defineOption, type OptionStep } from './option.ts'

const IS = 0
const SEND = 1

/** Questions asked of a client. MTTS answers in three (program, terminal, bits); the fourth shows that it repeats. */
export const TTYPE_ROUNDS_MAX = 4
/** Characters kept of an answer; RFC 1091 allows 40. */
export const TTYPE_NAME_MAX = 40

const MTTS_ANSWER = /^MTTS (\d{1,9})$/i

const memorySchema = z.object({
  /** Answers so far, in order. */
  answers: z.array(z.string().max(TTYPE_NAME_MAX)).max(TTYPE_ROUNDS_MAX),
  asking: z.boolean(),
})
type Memory = z.infer<typeof memorySchema>

/**
 * TTYPE (RFC 1091) and MTTS on top of it: asks until two answers in a row are equal, the MTTS bits have come, or four answers are
 * in. One notice when done; a client that stops answering is known as far as it told. Answers that nobody asked for
 * are ignored.
 */
export const ttypeOption = defineOption<Memory>({
  code: OPTION.ttype,
  name: 'ttype',
  accept: { us: false, him: true },
  memorySchema,
  initial: { answers: [], asking: false },
  onChange: (memory, { side, outcome }) => {
    if (side !== 'him') return { memory }
    if (outcome !== 'enabled') return { memory: { ...memory, asking: false } }
    return { memory: { answers: [], asking: true }, payloads: [Uint8Array.of(SEND)] }
  },
  onSubnegotiation: (memory, payload, on) => {
    if (!on.him || !memory.asking || payload[0] !== IS) return { memory }
    return withAnswer(memory, printable(payload.subarray(1)))
  },
  facts: ({ answers }) => clientOf(answers),
})

function withAnswer(memory: Memory, answer: string): OptionStep<Memory> {
  const previous = memory.answers.at(-1)
  const repeats = answer === previous
  const answers = repeats || answer === '' ? memory.answers : [...memory.answers, answer]
  const done = repeats || answer === '' || MTTS_ANSWER.test(answer) || answers.length === TTYPE_ROUNDS_MAX
  if (!done) return { memory: { answers, asking: true }, payloads: [Uint8Array.of(SEND)] }
  const { clientName, terminalType, mtts } = clientOf(answers)
  const told: OptionStep<Memory> = { memory: { answers, asking: false } }
  if (terminalType === null) return told
  return { ...told, notices: [{ kind: 'client', name: clientName, terminal: terminalType, mtts }] }
}

/**
 * What the answers mean. Only with MTTS bits among them is the first one a program's name; otherwise all are names of
 * terminals, and the first is the one the client likes best.
 */
function clientOf(answers: readonly string[]) {
  const bits = answers.map((answer) => MTTS_ANSWER.exec(answer)?.[1]).find((match) => match !== undefined)
  const names = answers.filter((answer) => !MTTS_ANSWER.test(answer))
  const [first, second] = names
  if (bits === undefined) return { clientName: null, terminalType: first ?? null, mtts: null }
  return { clientName: first ?? null, terminalType: second ?? first ?? null, mtts: Number(bits) }
}

/** The printable ASCII of an answer, bounded: it goes to logs, consoles and other players' screens. */
function printable(bytes: Uint8Array): string {
  const shown = bytes.filter((byte) => byte >= 0x20 && byte < 0x7f).subarray(0, TTYPE_NAME_MAX)
  return String.fromCharCode(...shown).trim()
}
