import { createSeal, encode } from '@holdfast/store'
import { createSid, type OutputRecord, type SessionEvent } from '@holdfast/store/contracts'
import { ulid } from 'ulid'
import { GATEWAY } from '../sessions.ts'

/** Bytes of what one spoken line puts on the bus: the input, and its two outputs (the speaker's, its listeners') as one. */
export function recordSizes(words: string, listeners: number): { input: number; output: number } {
  const sid = createSid(ulid())
  const sealed = createSeal('a secret of the bench').seal(`say ${words}`, 'input', sid)
  const event: SessionEvent = {
    v: 1,
    id: `${sid}:i123`,
    type: 'input',
    at: Date.now(),
    sid,
    connectionEpoch: 1,
    from: GATEWAY,
    inputSequence: 123,
    sealed,
  }
  const outputTo = (to: OutputRecord['to'], text: string): OutputRecord => ({
    v: 1,
    to,
    cause: { partition: 12, offset: 12_345, index: 0 },
    epoch: Math.floor(Date.now() / 1_000),
    data: [{ kind: 'text', text }],
  })
  const own = { ...outputTo([sid], `You say, "${words}"\n`), done: { sid, inputSequence: 123 } }
  const others = outputTo(
    Array.from({ length: listeners - 1 }, () => sid),
    `Talker123 says, "${words}"\n`,
  )
  return { input: encode(event).length, output: encode(own).length + encode(others).length }
}
