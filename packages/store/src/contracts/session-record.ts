import { z } from 'zod'
import { closeReasonSchema } from './close-reasons.ts'
import { sidSchema } from './session-id.ts'

/**
 * The fields of a session and who is right about each. The gateway writes only its own, the server only its own; an
 * owner that writes a lost record again writes it whole.
 */

/** What a player typed, sealed (kafka/seal.ts): never in clear outside of a process's memory. */
export const sealedSchema = z.string().min(1)

/** An input that arrived while its session waits for an answer; applied after it, in order. */
const parkedSchema = z.object({ inputSequence: z.int().min(1), at: z.int(), sealed: sealedSchema })

/**
 * A question that is worked on beside the partition's line (a password's hash, a write that must be in Redis first).
 * It is a stored field, so that whoever takes the partition over asks it again.
 */
export const waitingForSchema = z.object({
  /** The cause that asked, `partition:offset:index`: an answer to another question is dropped. */
  id: z.string(),
  kind: z.string(),
  /** The question's content, sealed: it may hold a password. */
  sealed: sealedSchema,
  parked: z.array(parkedSchema),
  /** The answer was applied, and the lines that were parked are being applied: whoever waited for it waits no more. */
  isAnswered: z.literal(true).optional(),
})
export type WaitingFor = z.infer<typeof waitingForSchema>

export const gatewayFieldsSchema = z.object({
  handle: z.int().min(1),
  status: z.enum(['connected', 'detached']),
  /** The gateway incarnation that holds, or last held, the socket. */
  gateway: z.string().min(1),
  slot: z.int().min(0),
  /** +1 at each attach of a socket. */
  connectionEpoch: z.int().min(1),
  /** +1 at each change by the gateway, within a connectionEpoch. */
  gatewayRevision: z.int().min(1),
  ip: z.string().min(1),
  host: z.string().min(1),
  transport: z.enum(['telnet', 'telnets', 'websocket']),
  client: z.string().nullable(),
  /** Columns and rows of the client's window; null where it does not say. */
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Names without commas: Redis holds them as a list. */
  capabilities: z.array(z.string().regex(/^[^,]+$/)),
  /** Epoch ms. */
  connectedAt: z.int(),
  /** Epoch ms; null while connected. */
  detachedUntil: z.int().nullable(),
  closeReason: closeReasonSchema.nullable(),
  tokenHash: z.string().nullable(),
  attachId: z.string().nullable(),
})
export type GatewayFields = z.infer<typeof gatewayFieldsSchema>

export const serverFieldsSchema = z.object({
  /** The bound player's dbref (`#12`); null before login. */
  player: z.string().nullable(),
  playerName: z.string().nullable(),
  loginState: z.enum(['connected', 'loggedIn']),
  /** The number of the input that bound the player. */
  boundBy: z.int().nullable(),
  /** The player is a wizard: decided at login, so that a wizard's command needs no world to answer. */
  wizard: z.boolean(),
  /** Hidden from WHO by its player (connect dark). */
  hidden: z.boolean(),
  /** The dbref of the room the player is in; null before login. */
  room: z.string().nullable(),
  /** Epoch ms of the last line the player sent. */
  lastConnectionSignal: z.int().nullable(),
  commandCount: z.int(),
  /** The last input applied; what is not above it was applied before. */
  inputSequence: z.int(),
  waitingFor: waitingForSchema.nullable(),
  /** Ids of the last commands applied (COMMAND_IDS_KEPT), so that a repeat is dropped. */
  commandIds: z.array(z.string()),
  /** +1 at each change by the server. */
  serverRevision: z.int(),
  /** Custom metadata, set by players and the game. In Redis each key is a field of its own, `meta:<key>`. */
  meta: z.record(z.string(), z.string()),
})
export type ServerFields = z.infer<typeof serverFieldsSchema>

export const sessionRecordSchema = z.object({
  sid: sidSchema,
  ...gatewayFieldsSchema.shape,
  ...serverFieldsSchema.shape,
})
/** A session, whole: what a server and Redis hold. */
export type SessionRecord = Readonly<z.infer<typeof sessionRecordSchema>>

/** How many command ids a session remembers. */
export const COMMAND_IDS_KEPT = 16

/** The server's fields of a session that has just been established. */
export function freshServerFields(): ServerFields {
  return {
    player: null,
    playerName: null,
    loginState: 'connected',
    boundBy: null,
    wizard: false,
    hidden: false,
    room: null,
    lastConnectionSignal: null,
    commandCount: 0,
    inputSequence: 0,
    waitingFor: null,
    commandIds: [],
    serverRevision: 1,
    meta: {},
  }
}

export const GATEWAY_FIELDS: readonly (keyof GatewayFields)[] = gatewayFieldsSchema.keyof().options
export const SERVER_FIELDS: readonly (keyof ServerFields)[] = serverFieldsSchema.keyof().options

/** The version of a record, as kept in `hf:{p}:versions`. */
export function versionOf(
  record: Pick<SessionRecord, 'connectionEpoch' | 'gatewayRevision' | 'serverRevision'>,
): string {
  return `${record.connectionEpoch}.${record.gatewayRevision}.${record.serverRevision}`
}
