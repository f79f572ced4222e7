'use client'

import type { CommandRequest, Sid } from '@holdfast/store/contracts'
import { useQueries } from '@tanstack/react-query'
import { useId } from 'react'
import { failureOf } from '#features/api/api-error.ts'
import { sidsQuestion } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { matchingSentence, type Scope } from './scope.ts'
import { refusalText } from './use-giving.ts'

/** Whom a command of many is for, by name. */
export interface Stated {
  order: Pick<CommandRequest, 'target' | 'matching'>
  count: number
  sentence: string
}

export type Stating = { kind: 'reading' } | { kind: 'failed'; problem: string } | { kind: 'stated'; stated: Stated }

/**
 * The sessions of a scope, read once when the caller comes up and never again: what is stated is what is done, and nobody who
 * comes meanwhile is among them. `without`: tokens of the filter that leave sessions out.
 */
export function useStated({ target, sentence }: Scope, without: readonly string[] = []): Stating {
  const api = useApi()
  const own = useId()
  const filter = 'filter' in target ? [target.filter, ...without.map((token) => `-${token}`)].join(' ').trim() : null
  const asked = filter === null ? without : [filter]
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
  const [first] = read
  if (read.length < asked.length) return { kind: 'reading' }
  if (filter !== null && first) {
    const { sids, asOf } = first
    const order = { target: { sids }, matching: filter }
    return stated(order, sids.length, matchingSentence(filter, sids.length, asOf))
  }
  if (!('sids' in target)) return stated({ target }, 1, sentence)
  const left = new Set<Sid>(read.flatMap(({ sids }) => sids))
  const sids = target.sids.filter((sid) => !left.has(sid))
  return stated({ target: { sids } }, sids.length, sentence)
}

const stated = (order: Stated['order'], count: number, sentence: string): Stating => ({
  kind: 'stated',
  stated: { order, count, sentence },
})

/** Why a command cannot be given yet, as far as whom it is for decides; null: it can. */
export function statingProblem(stating: Stating): string | null {
  if (stating.kind === 'reading') return 'Reading whom this is for'
  if (stating.kind === 'failed') return stating.problem
  return stating.stated.count === 0 ? 'Nobody is left' : null
}
