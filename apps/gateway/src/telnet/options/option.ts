import type { z } from 'zod'
import type { Charset } from '../charset.ts'

/** What negotiation has taught us about a client. null: not told (yet). */
export interface ClientFacts {
  /** Columns and rows of the client's window. */
  readonly width: number | null
  readonly height: number | null
  /** The program (`TINTIN++`); told by clients that follow MTTS only. */
  readonly clientName: string | null
  /** The kind of terminal (`XTERM-256COLOR`). */
  readonly terminalType: string | null
  /** The MTTS bit field: 1 ANSI, 2 VT100, 4 UTF-8, 8 256 colours, 256 true colour, 64 screen reader, ... */
  readonly mtts: number | null
  readonly charset: Charset
  /** Whether the client hides what is typed when asked. null: it was never asked, or never answered. */
  readonly echoSupported: boolean | null
}

/** What the rest of the gateway is told when the client makes itself known. */
export type OptionNotice =
  | { readonly kind: 'naws'; readonly width: number | null; readonly height: number | null }
  | { readonly kind: 'client'; readonly name: string | null; readonly terminal: string; readonly mtts: number | null }
  | { readonly kind: 'charset'; readonly name: Charset }
  | { readonly kind: 'echo'; readonly supported: boolean }

/** `us`: what we do and the client asks for by DO. `him`: what the client does and tells by WILL. */
export type Side = 'us' | 'him'

export interface OptionChange {
  readonly side: Side
  readonly outcome: 'enabled' | 'disabled' | 'refused'
}

/** What an option answers: its new memory, payloads to send as subnegotiations of its own, and notices. */
export interface OptionStep<Memory> {
  readonly memory: Memory
  readonly payloads?: readonly Uint8Array[]
  readonly notices?: readonly OptionNotice[]
}

/** Which side of an option is on when a subnegotiation comes. */
export interface EnabledSides {
  readonly us: boolean
  readonly him: boolean
}

/** One option as its file describes it. All functions are pure; none may throw, whatever the payload. */
export interface OptionSpec<Memory> {
  readonly code: number
  /** Its name among the capabilities. */
  readonly name: string
  /** Whether the client may switch it on unasked, by side. What we ask for ourselves needs no permission here. */
  readonly accept: EnabledSides
  /** What the option remembers about a connection: JSON, because it travels when sockets are handed over. */
  readonly memorySchema: z.ZodType<Memory>
  readonly initial: Memory
  readonly onChange?: (memory: Memory, change: OptionChange) => OptionStep<Memory>
  /** Called only while a side is on: what an option says before it is agreed is ignored. */
  readonly onSubnegotiation?: (memory: Memory, payload: Uint8Array, on: EnabledSides) => OptionStep<Memory>
  readonly facts?: (memory: Memory) => Partial<ClientFacts>
}

/** An option whose memory is its own secret, so that options of different memories stand in one list. */
export interface TelnetOption {
  readonly code: number
  readonly name: string
  readonly accept: EnabledSides
  readonly initial: unknown
  /** The memory if it is one of this option's. Throws a ZodError on anything else. */
  parseMemory(memory: unknown): unknown
  onChange(memory: unknown, change: OptionChange): OptionStep<unknown>
  onSubnegotiation(memory: unknown, payload: Uint8Array, on: EnabledSides): OptionStep<unknown>
  facts(memory: unknown): Partial<ClientFacts>
}

/** The option that `spec` describes; what `spec` leaves out changes nothing and says nothing. */
export function defineOption<Memory>(spec: OptionSpec<Memory>): TelnetOption {
  const { code, name, accept, initial, memorySchema, onChange, onSubnegotiation, facts } = spec
  const own = (memory: unknown): Memory => memorySchema.parse(memory)
  return {
    code,
    name,
    accept,
    initial,
    parseMemory: own,
    onChange: (memory, change) => onChange?.(own(memory), change) ?? { memory },
    onSubnegotiation: (memory, payload, on) => onSubnegotiation?.(own(memory), payload, on) ?? { memory },
    facts: (memory) => facts?.(own(memory)) ?? {},
  }
}
