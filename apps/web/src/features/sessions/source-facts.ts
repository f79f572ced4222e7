import type { Copy, LiveTick, SessionRow, Source } from '@holdfast/store/contracts'
import { ageText } from '#ui/format/duration.ts'

/** Which sources answer now; null before anything is known of them. One that is not listed (any more) does not. */
export type Answering = ReadonlySet<string> | null

/** The copies of a session that nobody could read now. Without Kafka no memory is read. */
export function unreadCopies(
  { gateway, server, status }: Pick<SessionRow, 'gateway' | 'server' | 'status'>,
  answering: Answering,
): readonly Copy[] {
  if (answering === null) return []
  const isKafkaDead = !answering.has('kafka')
  const unread: Copy[] = []
  if (status !== 'closed' && gateway !== '' && (isKafkaDead || !answering.has(gateway))) unread.push('gateway')
  if (server !== null && (isKafkaDead || !answering.has(server))) unread.push('server')
  if (!answering.has('redis')) unread.push('redis')
  return unread
}

/** Why a session's state is unknown, in the words of a list: `source silent 14 s`. */
export function unknownReason(
  { gateway, server, status }: Pick<SessionRow, 'gateway' | 'server' | 'status'>,
  sources: readonly Source[],
  now: number,
): string {
  const silence = (id: string | null, words: string): string | null => {
    const source = sources.find((each) => each.id === id)
    if (source && source.status !== 'dead') return null
    return source?.observedAt ? `${words} ${ageText(now - Date.parse(source.observedAt))}` : words
  }
  const isHeld = status === 'connected' && gateway !== ''
  return (
    silence('kafka', 'memories unread') ??
    (isHeld ? silence(gateway, 'source silent') : null) ??
    (server === null ? null : silence(server, 'source silent')) ??
    silence('redis', 'Redis unread') ??
    'not read yet'
  )
}

/** A key that is the same while the same sources answer: rows are drawn anew when it changes, not each second. */
export const answeringKeyOf = ({ tick }: { tick: LiveTick | null }): string | null =>
  tick === null
    ? null
    : tick.sources
        .filter(({ status }) => status !== 'dead')
        .map(({ id }) => id)
        .join(' ')

export const answeringOf = (key: string | null): Answering => (key === null ? null : new Set(key.split(' ')))
