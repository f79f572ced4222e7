import { parseOptions } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { createPasswords, HASHES_AT_ONCE, HASHES_WAITING_MAX, NOBODYS_HASH, PASSWORD_PARAMETERS } from './passwords.ts'

describe('passwords', () => {
  it('are verified against their hash, which is never the same twice', async () => {
    const passwords = createPasswords()
    const [first, second] = [await passwords.hash('open sesame'), await passwords.hash('open sesame')]
    if (first.kind !== 'hashed' || second.kind !== 'hashed') throw new Error('not hashed')
    expect(first.passwordHash).toMatch(/^\$argon2id\$/)
    expect(first.passwordHash).not.toBe(second.passwordHash)
    expect(await passwords.verify(first.passwordHash, 'open sesame')).toEqual({ kind: 'right' })
    expect(await passwords.verify(first.passwordHash, 'open sesamE')).toEqual({ kind: 'wrong' })
  })

  it("cost as much for nobody's name as for somebody's: the same parameters, and never right", async () => {
    expect(parseOptions(NOBODYS_HASH)).toMatchObject(PASSWORD_PARAMETERS)
    expect(await createPasswords().verify(null, '')).toEqual({ kind: 'wrong' })
  })

  it('are refused, not queued without end, when too many come at once', async () => {
    const passwords = createPasswords()
    const asked = HASHES_AT_ONCE + HASHES_WAITING_MAX
    // Hashes that cannot be read are refused at once by argon2, so the queue drains fast.
    const all = Array.from({ length: asked + 3 }, () =>
      passwords.verify('unreadable', 'x').catch(() => ({ kind: 'failed' })),
    )
    const kinds = (await Promise.all(all)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'busy')).toHaveLength(3)
    expect((await passwords.verify(null, 'x')).kind).toBe('wrong')
  })
})
