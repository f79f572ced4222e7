import { z } from 'zod'
import { type CloseReason, closeReasonSchema } from './close-reasons.ts'
import { sidSchema } from './session-id.ts'

/**
 * What a player's WebSocket carries, for the gateway and its clients (docs/websocket.md). The subprotocols are those of the
 * mudstandards.org WebSocket draft; the messages of proto `holdfast` are ours.
 */

/** Where on the gateway's HTTP port. */
export const PLAY_SOCKET_PATH = '/ws'

/** Those that are spoken, the preferred one first. Where a client offers none, the last one is. */
export const SUBPROTOCOLS = ['json.mudstandards.org', 'terminal.mudstandards.org'] as const
export type Subprotocol = (typeof SUBPROTOCOLS)[number]

/** Bytes of one message from a client; a longer one closes the connection (1009). */
export const MESSAGE_BYTES_MAX = 64 * 1024
/** Characters of the program's name that a client may tell. */
const CLIENT_NAME_MAX = 64
const WINDOW_MAX = 65_535

/** A TEXT frame of `json.`: `data` is text in whatever form the proto has; that of `holdfast` is JSON. */
export const envelopeSchema = z.object({ proto: z.string(), id: z.string().optional(), data: z.string() })
export type Envelope = z.infer<typeof envelopeSchema>

/** Our own proto, and the only one that the gateway reads. */
export const PLAY_PROTO = 'holdfast'

/** A client's number of a line, rising: a number that is not above the last one is a repeat, and is not applied again. */
const seqSchema = z.int().min(1)
const windowSchema = z.int().min(1).max(WINDOW_MAX)

/** What a client may say, by id: the content of `data`. */
export const clientMessageSchemas = {
  /** Who it is and, to resume (not there yet), which session it had. May come again, when the window has changed. */
  hello: z.object({
    sid: z.string().optional(),
    token: z.string().optional(),
    position: z.unknown().optional(),
    client: z.string().min(1).max(CLIENT_NAME_MAX).optional(),
    width: windowSchema.optional(),
    height: windowSchema.optional(),
  }),
  /** One line that the player typed, without its end. */
  input: z.object({ seq: seqSchema, line: z.string() }),
} as const
export type ClientMessageId = keyof typeof clientMessageSchemas
export type ClientHello = z.infer<typeof clientMessageSchemas.hello>

/**
 * Why something that a client sent was not taken; the connection goes on. `malformed`: no envelope, or no JSON in it;
 * `unknown-id`: an id that only the gateway sends, or nobody; `line-too-long`: over 8 KB as UTF-8; `line-break`: more than one line.
 */
export const PLAY_SOCKET_ERRORS = ['malformed', 'unknown-id', 'line-too-long', 'line-break'] as const
export type PlaySocketError = (typeof PLAY_SOCKET_ERRORS)[number]

/** What the gateway says, by id: the content of `data`. */
export const gatewayMessageSchemas = {
  /** The answer to `hello`. `token`: null while sessions cannot be resumed; `resumed` is then always false. */
  welcome: z.object({ sid: sidSchema, handle: z.int(), token: z.string().nullable(), resumed: z.boolean() }),
  /** Every `input` up to this number is in the log, and will be applied whatever fails. */
  ack: z.object({ seq: seqSchema }),
  /** Whether what is typed may be shown: `on` false around passwords. */
  echo: z.object({ on: z.boolean() }),
  /** What was sent last was not taken. `seq`: of the `input`, where it was one. */
  error: z.object({ code: z.enum(PLAY_SOCKET_ERRORS), seq: seqSchema.optional(), text: z.string() }),
  /** Connect again after so many ms; the close follows. */
  reconnect: z.object({ afterMs: z.int().min(0) }),
  /** It is over, do not come back by yourself; the close follows. */
  bye: z.object({ reason: closeReasonSchema }),
} as const
export type GatewayMessageId = keyof typeof gatewayMessageSchemas
export type GatewayMessage<Id extends GatewayMessageId = GatewayMessageId> = z.infer<(typeof gatewayMessageSchemas)[Id]>

/** WebSocket close codes of our own choice; RFC 6455's own (1002, 1007, 1008, 1009) say what was wrong with a client's frames. */
export const PLAY_CLOSE_CODES = { bye: 1000, reconnect: 4001, leaseLost: 4008, tooSlow: 4009 } as const

/** Whether a client should come back by itself after its connection ended so, and with which code it ended. */
export function partingOf(reason: CloseReason): { says: 'bye' | 'reconnect'; code: number } {
  switch (reason) {
    case 'shutdown':
    case 'unavailable':
    case 'lost':
      return { says: 'reconnect', code: PLAY_CLOSE_CODES.reconnect }
    case 'lease-lost':
      return { says: 'reconnect', code: PLAY_CLOSE_CODES.leaseLost }
    case 'slow':
      return { says: 'bye', code: PLAY_CLOSE_CODES.tooSlow }
    default:
      return { says: 'bye', code: PLAY_CLOSE_CODES.bye }
  }
}
