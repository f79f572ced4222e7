import { type Clock, OperationalError } from '@holdfast/runtime'
import { z } from 'zod'

/** A copy beyond this process, so that its restart signs nobody out. Rejects while it is unreachable. */
export interface SignInMirror {
  put(hash: string, record: string, ttlMs: number): Promise<void>
  /** Null where there is none, or one that is not ours. */
  get(hash: string): Promise<string | null>
  remove(hash: string): Promise<void>
}

const recordSchema = z.object({
  dbref: z.string(),
  name: z.string(),
  credentialEpoch: z.string(),
  /** Epoch ms, all of them. */
  since: z.number(),
  seenAt: z.number(),
  confirmedAt: z.number(),
})

/** A wizard who is signed in, somewhere. */
export interface SignInSession extends z.infer<typeof recordSchema> {
  /** SHA-256 of the cookie's token, hex. The token itself is nowhere. */
  readonly hash: string
}

/** A session that is used is written no more often. */
const WRITE_EVERY_MS = 60_000
const FORGOTTEN_MAX = 10_000

export interface SignInCopies {
  /** Writes a session behind; not one that was written a moment ago. */
  write(session: SignInSession): void
  /** The copy of a session, for a process that does not know it. Null where there is none, or Redis cannot be asked. */
  read(hash: string): Promise<SignInSession | null>
  /** It is over: its copy goes, and while that is not certain it is not read either. */
  forget(hash: string): void
  isForgotten(hash: string): boolean
  /** Tells the mirror again what it was not told. */
  retry(): void
}

/** Sessions' copies in the mirror, which may be away: what fails is told of, and holds nobody up. */
export function createSignInCopies(options: {
  clock: Clock
  mirror: SignInMirror
  /** A copy that nobody has used for so long is gone. */
  idleMs: number
  /** How long a session lives at most: no older copy can be there. */
  lifeMs: number
  onFailed: (error: unknown) => void
}): SignInCopies {
  const { clock, mirror, idleMs, lifeMs, onFailed } = options
  const writtenAt = new Map<string, number>()
  const forgotten = new Map<string, { until: number; isRemoved: boolean }>()

  const remove = (hash: string): void => {
    mirror.remove(hash).then(() => {
      const entry = forgotten.get(hash)
      if (entry) entry.isRemoved = true
    }, onFailed)
  }

  return {
    write({ hash, ...record }) {
      const last = writtenAt.get(hash)
      const now = clock.monotonic()
      if (last !== undefined && now - last < WRITE_EVERY_MS) return
      writtenAt.set(hash, now)
      mirror.put(hash, JSON.stringify(record), idleMs).catch((error: unknown) => {
        writtenAt.delete(hash)
        onFailed(error)
      })
    },
    async read(hash) {
      try {
        const text = await mirror.get(hash)
        return text === null || forgotten.has(hash) ? null : { hash, ...recordSchema.parse(JSON.parse(text)) }
      } catch (cause) {
        onFailed(new OperationalError('a sign-in could not be read from its mirror', { code: 'mirror-unread', cause }))
        return null
      }
    },
    forget(hash) {
      writtenAt.delete(hash)
      forgotten.set(hash, { until: clock.monotonic() + lifeMs, isRemoved: false })
      for (const oldest of forgotten.keys()) {
        if (forgotten.size <= FORGOTTEN_MAX) break
        forgotten.delete(oldest)
      }
      remove(hash)
    },
    isForgotten: (hash) => forgotten.has(hash),
    retry() {
      for (const [hash, { until, isRemoved }] of forgotten) {
        if (clock.monotonic() > until) forgotten.delete(hash)
        else if (!isRemoved) remove(hash)
      }
    },
  }
}
