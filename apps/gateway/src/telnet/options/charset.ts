import { z } from 'zod'
import { CHARSETS, type Charset, charsetNamed, DEFAULT_CHARSET } from '../charset.ts'
import { OPTION } from '../telnet-codes.ts'
import { defineOption, type OptionStep } from './option.ts'

const REQUEST = 1
const ACCEPTED = 2
const REJECTED = 3
const TTABLE_IS = 4
const TTABLE_REJECTED = 5

/** A request may offer its own translation table before the list of names; the version byte follows the word. */
const TTABLE_OFFER = /^\[TTABLE ?\]./is

/** Bytes of a list of names that are looked at; what comes after is as good as not offered. */
const TEXT_BYTES_MAX = 2048

const memorySchema = z.object({
  agreed: z.enum(CHARSETS),
  /** `waiting`: our request is out. One request for each connection, so that toggling the option costs us nothing. */
  request: z.enum(['unsent', 'waiting', 'answered']),
})
type Memory = z.infer<typeof memorySchema>

/**
 * CHARSET (RFC 2066): we ask for UTF-8 first and ISO-8859-1 second; a client's own request is granted with the first of its
 * names that we speak. What is agreed holds both ways from there on in the stream. Translation tables are refused. When
 * both ask at once, the server's request stands and the client's is rejected, as the RFC has it.
 */
export const charsetOption = defineOption<Memory>({
  code: OPTION.charset,
  name: 'charset',
  accept: { us: true, him: true },
  memorySchema,
  initial: { agreed: DEFAULT_CHARSET, request: 'unsent' },
  onChange: (memory, { side, outcome }) => {
    if (side !== 'us') return { memory }
    if (outcome === 'enabled' && memory.request === 'unsent') {
      return { memory: { ...memory, request: 'waiting' }, payloads: [message(REQUEST, `;${CHARSETS.join(';')}`)] }
    }
    // Nobody answers a request after that; left waiting, we would reject the client's own for ever.
    return { memory: outcome !== 'enabled' && memory.request === 'waiting' ? answered(memory) : memory }
  },
  onSubnegotiation: (memory, payload) => {
    const text = String.fromCharCode(...payload.subarray(1, 1 + TEXT_BYTES_MAX))
    switch (payload[0]) {
      case REQUEST:
        return onRequest(memory, text)
      case ACCEPTED:
        return memory.request === 'waiting' ? onAccepted(memory, text) : { memory }
      case REJECTED:
        return { memory: memory.request === 'waiting' ? answered(memory) : memory }
      case TTABLE_IS:
        return { memory, payloads: [Uint8Array.of(TTABLE_REJECTED)] }
      default:
        return { memory }
    }
  },
  facts: ({ agreed }) => ({ charset: agreed }),
})

const answered = (memory: Memory): Memory => ({ ...memory, request: 'answered' })

const message = (code: number, text: string): Uint8Array => Uint8Array.of(code, ...Buffer.from(text, 'latin1'))

function onAccepted(memory: Memory, name: string): OptionStep<Memory> {
  const charset = charsetNamed(name)
  if (charset === null) return { memory: answered(memory) }
  return { memory: { agreed: charset, request: 'answered' }, notices: [{ kind: 'charset', name: charset }] }
}

function onRequest(memory: Memory, text: string): OptionStep<Memory> {
  const rejected: OptionStep<Memory> = { memory, payloads: [Uint8Array.of(REJECTED)] }
  if (memory.request === 'waiting') return rejected
  const list = text.replace(TTABLE_OFFER, '')
  // The first character is the separator that the client chose.
  for (const name of list.slice(1).split(list.slice(0, 1))) {
    const charset = charsetNamed(name)
    if (charset !== null) return grant(memory, name, charset)
  }
  return rejected
}

/** The name goes back as the client spelled it. Asked for again, what is already so is granted but is no news. */
function grant(memory: Memory, name: string, charset: Charset): OptionStep<Memory> {
  const payloads = [message(ACCEPTED, name)]
  if (charset === memory.agreed) return { memory, payloads }
  return { memory: { ...memory, agreed: charset }, payloads, notices: [{ kind: 'charset', name: charset }] }
}
