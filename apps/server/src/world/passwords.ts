import { hash, verify } from '@node-rs/argon2'

/** Passwords, hashed beside the event loop (libuv's threads). */
export interface Passwords {
  /** An argon2id hash that names its own parameters. */
  hash(password: string): Promise<Hashing>
  /**
   * Whether the password is the one hashed. A null hash (nobody has that name) costs the same time and is never right, so
   * that an answer's delay does not tell which names exist.
   */
  verify(passwordHash: string | null, password: string): Promise<Verifying>
}

export type Hashing = { kind: 'hashed'; passwordHash: string } | { kind: 'busy' }
export type Verifying = { kind: 'right' } | { kind: 'wrong' } | { kind: 'busy' }

/**
 * OWASP's minimum for argon2id (19 MiB, 2 passes, 1 lane): some 20 ms of one core, which a stolen table cannot be
 * searched with, and a thousand logins after a restart still take less than half a minute of one.
 */
export const PASSWORD_PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const

/** Of libuv's four threads: names must still be resolved and files read, and each hash holds 19 MiB. */
export const HASHES_AT_ONCE = 2

/** Who comes when this many wait would wait longer than its player does. */
export const HASHES_WAITING_MAX = 500

/** A hash of nothing anybody knows (32 random bytes), with PASSWORD_PARAMETERS. */
export const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$7h4lnffKGrHtPxm1VVI2VQ$WWcTcMQNmgNVRG3WclHbFlKEHw6BUrR3oYYmUZa4Q4s'

export function createPasswords(): Passwords {
  const turns = createTurns()
  return {
    async hash(password) {
      if (!(await turns.take())) return { kind: 'busy' }
      try {
        return { kind: 'hashed', passwordHash: await hash(password, PASSWORD_PARAMETERS) }
      } finally {
        turns.give()
      }
    },
    async verify(passwordHash, password) {
      if (!(await turns.take())) return { kind: 'busy' }
      try {
        const right = await verify(passwordHash ?? NOBODYS_HASH, password)
        return { kind: right && passwordHash !== null ? 'right' : 'wrong' }
      } finally {
        turns.give()
      }
    },
  }
}

/** HASHES_AT_ONCE turns, first come first served; false where HASHES_WAITING_MAX wait already. */
function createTurns() {
  const waiting: (() => void)[] = []
  let free = HASHES_AT_ONCE
  return {
    async take(): Promise<boolean> {
      if (free > 0) {
        free -= 1
        return true
      }
      if (waiting.length >= HASHES_WAITING_MAX) return false
      await new Promise<void>((resolve) => waiting.push(resolve))
      return true
    },
    give(): void {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}
