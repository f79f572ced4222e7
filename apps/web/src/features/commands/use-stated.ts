'use client'

import type { CommandRequest, Sid } from '@holdfast/store/contracts'
import { useQueries } from '@tanstack/react-query'
import { useId } from 'react'
import { failureOf } from '#features/api/api-error.ts'
import { sidsQuestion } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { type Left, leavingOut, WHO } from './left-out.ts'
import { matchingSentence, type Scope } from './scope.ts'
import { refusalText } from './use-giving.ts'

/** Whom a command of many is for, by name. */
export interface Stated {
  order: Pick<CommandRequest, 'matching'> & { target: { sids: Sid[] } }
  count: number
  sentence: string
  /** `leaves out 1: a wizard`; null where nobody is left out. */
  leftOut: string | null
}

export type Stating = { kind: 'reading' } | { kind: 'failed'; problem: string } | { kind: 'stated'; stated: Stated }

/** Whom to leave out: a token of the filter, and how they are called. */
export interface Skip {
  token: string
  who: Left['who']
}

/**
 * The sessions of a scope, read once when the caller comes up and never again: what is stated is what is done, and nobody who
 * comes meanwhile is among them. `replaced`: sessions of it with somebody else on them than the wizard saw; they are left out.
 */
export function useStated(
  { target, sentence }: Scope,
  skips: readonly Skip[] = [],
  replaced: ReadonlySet<Sid> = NOBODY,
): Stating {
  const api = useApi()
  const own = useId()
  const filter = 'filter' in target ? target.filter : null
  const asked = [...(filter === null ? [] : [filter]), ...skips.map(({ token }) => token)]
  const answers = useQueries({
    queries: asked.map((text) => ({
      queryKey: ['stated', own, text],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.ask({ ...sidsQuestion(text), signal }),
      staleTime: 'static' as const,
      gcTime: 0,
    })),
  })
  const failure = answers.map(({ error }) => failureOf(error)).find((each) => each !== null)
  if (failure) return { kind: 'failed', problem: refusalText(failure) }
  const read = answers.flatMap(({ data }) => data ?? [])
  if (read.length < asked.length) return { kind: 'reading' }
  const matched = filter === null ? undefined : read[0]
  const left = read.slice(filter === null ? 0 : 1)
  const lefts = skips.map(({ who }, index): Left => ({ sids: new Set(left[index]?.sids), who }))
  const all = matched ? matched.sids : 'sids' in target ? target.sids : []
  // The one named last says most: of two reasons it is the one that is told.
  const { sids, text } = leavingOut(all, [...lefts.reverse(), { sids: replaced, who: WHO.replaced }])
  const count = sids.length
  if (filter === null || !matched)
    return stated({ order: { target: { sids: [...sids] } }, count, sentence, leftOut: text })
  const matching = [filter, ...skips.map(({ token }) => `-${token}`)].join(' ').trim()
  const order = { target: { sids: [...sids] }, matching }
  return stated({ order, count, sentence: matchingSentence(matching, count, matched.asOf), leftOut: text })
}

const NOBODY: ReadonlySet<Sid> = new Set()
const stated = (of: Stated): Stating => ({ kind: 'stated', stated: of })

/** Why a command cannot be given yet, as far as whom it is for decides; null: it can. */
export function statingProblem(stating: Stating): string | null {
  if (stating.kind === 'reading') return 'Reading whom this is for'
  if (stating.kind === 'failed') return stating.problem
  return stating.stated.count === 0 ? 'Nobody is left' : null
}
