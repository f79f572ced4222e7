/** The proto of docs/websocket.md, spoken in `json.mudstandards.org`. */
export const SUBPROTOCOLS = ['json.mudstandards.org']
const PROTO = 'holdfast'

/** What a gateway says beside the text. */
export type FromGateway =
  | { id: 'welcome' }
  | { id: 'ack'; seq: number }
  | { id: 'echo'; on: boolean }
  | { id: 'error'; seq: number | null; text: string }
  | { id: 'reconnect'; afterMs: number }
  | { id: 'bye'; reason: string }

export type ToGateway =
  | { id: 'hello'; data: { client: string; width: number; height: number } }
  | { id: 'input'; data: { seq: number; line: string } }

/** Longer waits are none that a gateway means. */
const AFTER_MS_MAX = 60_000
const TEXT_CHARACTERS_MAX = 500

export const encodeFrame = ({ id, data }: ToGateway): string =>
  JSON.stringify({ proto: PROTO, id, data: JSON.stringify(data) })

/** Null for what this client does not know: another proto, a new id, or nothing that anybody would send. */
export function decodeFrame(text: string): FromGateway | null {
  const frame = recordOf(text)
  if (frame?.proto !== PROTO || typeof frame.id !== 'string' || typeof frame.data !== 'string') return null
  return messageOf(frame.id, recordOf(frame.data) ?? {})
}

// By hand, not with zod, whose size counts here; frames.test.ts holds it to the gateway's schemas.
function messageOf(id: string, data: Readonly<Record<string, unknown>>): FromGateway | null {
  const { seq, on, text, afterMs, reason } = data
  switch (id) {
    case 'welcome':
      return { id }
    case 'ack':
      return isCount(seq) ? { id, seq } : null
    case 'echo':
      return typeof on === 'boolean' ? { id, on } : null
    case 'error':
      return typeof text === 'string'
        ? { id, seq: isCount(seq) ? seq : null, text: text.slice(0, TEXT_CHARACTERS_MAX) }
        : null
    case 'reconnect':
      return { id, afterMs: isCount(afterMs) ? Math.min(afterMs, AFTER_MS_MAX) : 0 }
    case 'bye':
      return { id, reason: typeof reason === 'string' ? reason : '' }
    default:
      return null
  }
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function recordOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null // no JSON: nothing that a gateway of ours says
  }
}
