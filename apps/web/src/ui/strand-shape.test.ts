import type { SessionRow } from '@holdfast/store/contracts'
import { describe, expect, it } from 'vitest'
import { strandOf } from './strand-shape.ts'

describe('the strand of a row', () => {
  it('joins copies that agree', () => {
    expect(strandOf({ status: 'connected', state: 'in-sync', missingIn: [], odd: [] }, [])).toEqual({
      nodes: { gateway: 'agrees', server: 'agrees', redis: 'agrees' },
      links: ['joined', 'joined'],
    })
  })

  it('parts the odd one, and leaves the others joined', () => {
    expect(strandOf({ status: 'connected', state: 'drifted', missingIn: [], odd: ['redis'] }, [])).toMatchObject({
      nodes: { redis: 'differs' },
      links: ['joined', 'cut'],
    })
    expect(strandOf({ status: 'connected', state: 'drifted', missingIn: [], odd: ['server'] }, []).links).toEqual([
      'cut',
      'cut',
    ])
  })

  it('lets Redis wait where a write is on its way and no copy is named', () => {
    expect(strandOf({ status: 'connected', state: 'settling', missingIn: [], odd: [] }, [])).toMatchObject({
      nodes: { server: 'agrees', redis: 'waits' },
      links: ['joined', 'waits'],
    })
  })

  it('tells a copy that misses the session from one that has it alone', () => {
    expect(strandOf({ status: 'connected', state: 'missing', missingIn: ['redis'], odd: [] }, []).nodes.redis).toBe(
      'missing',
    )
    expect(
      strandOf({ status: 'connected', state: 'ghost', missingIn: ['gateway', 'server'], odd: [] }, []).nodes,
    ).toEqual({
      gateway: 'none',
      server: 'none',
      redis: 'alone',
    })
  })

  it('has no gateway that agrees for a session that is detached, only one that has it all the same', () => {
    const detached = { status: 'detached', missingIn: [] } satisfies Partial<SessionRow>
    expect(strandOf({ ...detached, state: 'in-sync', odd: [] }, [])).toEqual({
      nodes: { gateway: 'none', server: 'agrees', redis: 'agrees' },
      links: ['cut', 'joined'],
    })
    expect(strandOf({ ...detached, state: 'drifted', odd: ['gateway'] }, []).nodes.gateway).toBe('differs')
  })

  it('never says of a copy that was not read how it stands', () => {
    expect(
      strandOf({ status: 'connected', state: 'unknown', missingIn: ['gateway'], odd: ['gateway'] }, ['gateway']),
    ).toEqual({
      nodes: { gateway: 'unread', server: 'agrees', redis: 'agrees' },
      links: ['cut', 'joined'],
    })
  })
})
