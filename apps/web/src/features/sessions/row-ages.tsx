'use client'

import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { sessionQuestion } from '#features/api/questions.ts'
import { useLive, useNow, useNowAs } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { ageText, clockSpan, shortSpan } from '#ui/format/duration.ts'
import { unknownReason } from './source-facts.ts'

/** Parts of a row that time alone changes: only these are drawn anew each second. */

/** `at`: when `idleMs` was counted, epoch ms. */
export function IdleFor({ idleMs, at }: { idleMs: number; at: number }) {
  return useNowAs((now) => shortSpan(idleMs + Math.max(0, now - at)))
}

export function ConnectedFor({ at }: { at: string }) {
  const since = Date.parse(at)
  return useNowAs((now) => clockSpan(now - since))
}

export function UnknownReason({ row }: { row: SessionRow }) {
  const now = useNow()
  const sources = useLive(({ tick }) => tick?.sources)
  return <span className="text-text-3">{unknownReason(row, sources ?? [], now)}</span>
}

/** The reasons of ends, as people say them. */
export const CLOSE_WORDS: Readonly<Record<string, string>> = {
  quit: 'quit',
  client: 'closed by the client',
  logout: 'logged out',
  boot: 'disconnected by a wizard',
  error: 'the line broke',
  lost: 'its gateway was lost',
  replaced: 'came back in another session',
  idle: 'idle timeout',
  'login-timeout': 'never logged in',
  flood: 'sent too much',
  slow: 'could not keep up',
  'too-many': 'too many from one address',
  unavailable: 'could not be seated',
  'lease-lost': 'its gateway lost its place',
  shutdown: 'the game went down',
}

/** `left 4 s ago: idle timeout`. */
export function LeftReason({ sid }: { sid: Sid }) {
  const now = useNow()
  const { data } = useAnswer(sessionQuestion(sid), { everyMs: 10_000 })
  if (!data?.closed) return <span className="text-xs text-text-3">left</span>
  const { at, reason } = data.closed
  return (
    <span className="text-xs text-text-3">
      left {ageText(now - Date.parse(at))} ago: {CLOSE_WORDS[reason] ?? reason}
    </span>
  )
}
