import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface Seal {
  /** Encrypts what must not lie readable in a file. `purpose` and `subject` (a sid) must be given again to open it. */
  seal(text: string, purpose: SealPurpose, subject: string): string
  /** Null where it was sealed with another secret, for another purpose or subject, or was altered. */
  open(sealed: string, purpose: SealPurpose, subject: string): string | null
}

export type SealPurpose = 'input' | 'question' | 'answer' | 'sign-in' | 'sign-in-answer' | 'console-session'

/**
 * AES-256-GCM under a key derived from HOLDFAST_SECRET, a random nonce each (safe for 2^32 messages a secret).
 * Everything a player types crosses Kafka and Redis sealed: a line may hold a password.
 */
export function createSeal(secret: string): Seal {
  // A key object: Node would make one of the bytes at each call, which takes as long as all the rest (20 of 40 us).
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'holdfast', 'seal/1', 32)))
  const aad = (purpose: SealPurpose, subject: string) => Buffer.from(`${purpose}\n${subject}`)
  return {
    seal(text, purpose, subject) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(purpose, subject))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
    },
    open(sealed, purpose, subject) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const tag = bytes.subarray(bytes.length - TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad(purpose, subject)).setAuthTag(tag)
      try {
        const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
        return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return null // the tag does not fit: an answer, told by the signature
      }
    },
  }
}
