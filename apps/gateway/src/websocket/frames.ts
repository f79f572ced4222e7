import {
  type ClientHello,
  clientMessageSchemas,
  envelopeSchema,
  type GatewayMessage,
  type GatewayMessageId,
  PLAY_PROTO,
  type PlaySocketError,
} from '@holdfast/store/contracts'
import type { ClientPart } from '../connections/client.ts'

/** A frame to a client: bytes go as BINARY, text as TEXT. */
export type Frame = Buffer | string

/** What a TEXT frame of `json.` says. */
export type Said =
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  | { readonly kind: 'input'; readonly seq: number; readonly line: string }
  /** Of a proto that is not ours: no error, for such clients just play. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'refused'; readonly code: PlaySocketError }

const MALFORMED: Said = { kind: 'refused', code: 'malformed' }

/** Reads a TEXT frame of `json.`. Never throws, whatever it holds. */
export function readMessage(text: string): Said {
  const envelope = envelopeSchema.safeParse(parseJson(text))
  if (!envelope.success) return MALFORMED
  const { proto, id, data } = envelope.data
  if (proto !== PLAY_PROTO) return { kind: 'foreign' }
  if (id === 'hello') {
    const hello = clientMessageSchemas.hello.safeParse(parseJson(data))
    return hello.success ? { kind: 'hello', hello: hello.data } : MALFORMED
  }
  if (id === 'input') {
    const input = clientMessageSchemas.input.safeParse(parseJson(data))
    return input.success ? { kind: 'input', ...input.data } : MALFORMED
  }
  return { kind: 'refused', code: 'unknown-id' }
}

/** Undefined where it is no JSON: no schema takes that. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A message of ours, as the TEXT frame that carries it. */
export function writeMessage<Id extends GatewayMessageId>(id: Id, data: GatewayMessage<Id>): Frame {
  return JSON.stringify({ proto: PLAY_PROTO, id, data: JSON.stringify(data) })
}

/** Text as a terminal wants it: UTF-8, each LF a CR LF (CRs of the text's own are dropped, so that no split of it can make CR CR). */
export const writeText = (text: string): Frame =>
  Buffer.from(text.replaceAll('\r', '').replaceAll('\n', '\r\n'), 'utf8')

/**
 * Output in its order, in as few frames as that allows. `echo` is a message of ours, and is left out where those are not
 * spoken; so is text that is empty.
 */
export function writeParts(parts: readonly ClientPart[], speaksOurs: boolean): Frame[] {
  const frames: Frame[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') frames.push(writeText(text))
    text = ''
  }
  for (const part of parts) {
    if (part.kind !== 'echo') text += part.text
    else if (speaksOurs) {
      flush()
      frames.push(writeMessage('echo', { on: part.on }))
    }
  }
  flush()
  return frames
}
