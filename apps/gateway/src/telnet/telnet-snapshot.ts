import { z } from 'zod'
import { type AssemblerState, LINE_BYTES_MAX } from './line-assembler.ts'
import { type NegotiatorState, negotiatorStateSchema, restoreNegotiator } from './negotiator.ts'
import { type ParserState, SUBNEGOTIATION_BYTES_MAX } from './parser.ts'
import { VERB_BYTES, type Verb } from './telnet-codes.ts'

/** All that a connection's telnet has in memory, so that another process can go on in the middle of a sequence. */
export interface TelnetState {
  readonly parser: ParserState
  readonly assembler: AssemblerState
  readonly negotiator: NegotiatorState
}

const boundedBytes = (bytesMax: number) => z.base64().max(Math.ceil(bytesMax / 3) * 4)
const verbSchema = z.custom<Verb>((value) => typeof value === 'string' && value in VERB_BYTES, 'not a telnet verb')

const parserSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('data') }),
  z.object({ phase: z.literal('iac') }),
  z.object({ phase: z.literal('verb'), verb: verbSchema }),
  z.object({ phase: z.literal('sb-option') }),
  z.object({
    phase: z.enum(['sb', 'sb-iac']),
    option: z.int().min(0).max(255),
    payload: boundedBytes(SUBNEGOTIATION_BYTES_MAX),
    oversize: z.boolean(),
  }),
])

const snapshotSchema = z.object({
  v: z.literal(1),
  parser: parserSchema,
  assembler: z.object({ partial: boundedBytes(LINE_BYTES_MAX), afterCr: z.boolean(), cut: z.boolean() }),
  negotiator: negotiatorStateSchema,
})

/** A TelnetState as JSON; its bytes as base64. It can hold half a password: never log it. */
export type TelnetSnapshot = z.infer<typeof snapshotSchema>

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** The state in its travelling form. */
export function encodeSnapshot({ parser, assembler, negotiator }: TelnetState): TelnetSnapshot {
  return {
    v: 1,
    parser: 'payload' in parser ? { ...parser, payload: toBase64(parser.payload) } : parser,
    assembler: { ...assembler, partial: toBase64(assembler.partial) },
    negotiator,
  }
}

/** The state that `snapshot` holds. Throws a ZodError on anything that `encodeSnapshot` did not make. */
export function decodeSnapshot(snapshot: unknown): TelnetState {
  const { parser, assembler, negotiator } = snapshotSchema.parse(snapshot)
  return {
    parser: 'payload' in parser ? { ...parser, payload: fromBase64(parser.payload) } : parser,
    assembler: { ...assembler, partial: fromBase64(assembler.partial) },
    negotiator: restoreNegotiator(negotiator),
  }
}
