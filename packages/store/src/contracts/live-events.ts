import { z } from 'zod'
import { sessionRowSchema, sourceSchema, stateSchema } from './console-api.ts'
import { sidSchema } from './session-id.ts'

/**
 * The events of `GET /api/live` (SSE). Each `patch` has the id `<epoch>-<rev>`; a reader that comes back with it as
 * `Last-Event-ID` is sent what it missed, or `resync`.
 */

/** The first of each stream. Another `epoch` than before: the console was started anew, and revisions mean nothing any more. */
export const liveHelloSchema = z.object({
  epoch: z.string(),
  rev: z.int(),
  build: z.string(),
  now: z.iso.datetime(),
})

/**
 * A row of which only these have changed since it was told with the version `was`: what each line that somebody types changes, at
 * less than half of a row's bytes. For a reader whose row has another version than `was` or `version` it means nothing: ask again.
 */
export const rowTurnSchema = sessionRowSchema
  .pick({
    sid: true,
    version: true,
    state: true,
    missingIn: true,
    odd: true,
    status: true,
    loginState: true,
    idleMs: true,
    pending: true,
    drifted: true,
  })
  .extend({ was: z.string() })

/**
 * Rows of the list of sessions that are new or other (`up`, or `turns` where who it is and where they are stayed), and sessions that
 * left it (`rm`), since revision `from`; no session is in two of them. Drop one whose `to` is not above the revision of what is
 * shown; where `from` is above it, something was missed: ask again.
 */
export const livePatchSchema = z.object({
  from: z.int(),
  to: z.int(),
  up: z.array(sessionRowSchema),
  turns: z.array(rowTurnSchema),
  rm: z.array(sidSchema),
})

/** Each second, with or without changes: what the frame of every page shows. */
export const liveTickSchema = z.object({
  rev: z.int(),
  now: z.iso.datetime(),
  /** Records that the console has yet to read. */
  lag: z.int(),
  /** How far its picture of the memories is behind, ms; null before the first. */
  behindMs: z.int().nullable(),
  sources: z.array(sourceSchema),
  /**
   * Processes that fell silent and are missed: they hold sessions or partitions that nobody has taken, or none of their role is
   * heard. One whose work others go on with is in `sources` for a while, and not here.
   */
  missed: z.array(
    z.object({
      id: z.string(),
      sessions: z.int(),
      partitions: z.int(),
      /** Sessions that a gateway held last, and that no gateway holds now. Not there: none. */
      detached: z.int().optional(),
    }),
  ),
  sessions: z.int(),
  counts: z.record(stateSchema, z.int()),
  queues: z.object({ pending: z.int(), retrying: z.int(), dead: z.int() }),
  redis: z.object({ up: z.boolean(), pingMs: z.number().nullable() }),
  kafka: z.object({ up: z.boolean(), lag: z.int().nullable() }),
})

/** What was sent before does not lead here (`reason` says why): ask for everything again. */
export const liveResyncSchema = z.object({ rev: z.int(), reason: z.enum(['slow', 'too-old', 'restarted']) })

/** The session of this stream is over; the stream ends. */
export const liveAuthSchema = z.object({ reason: z.enum(['signed-out', 'expired', 'revoked']) })

export type LiveHello = z.infer<typeof liveHelloSchema>
export type RowTurn = z.infer<typeof rowTurnSchema>
export type LivePatch = z.infer<typeof livePatchSchema>
export type MissedProcess = LiveTick['missed'][number]
export type LiveTick = z.infer<typeof liveTickSchema>
export type LiveResync = z.infer<typeof liveResyncSchema>
export type LiveAuth = z.infer<typeof liveAuthSchema>

export type LiveEvent =
  | { event: 'hello'; data: LiveHello }
  | { event: 'patch'; data: LivePatch }
  | { event: 'tick'; data: LiveTick }
  | { event: 'resync'; data: LiveResync }
  | { event: 'auth'; data: LiveAuth }
