'use client'

import type { Command, DivergenceItem, Sid } from '@holdfast/store/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { errorText } from '#features/api/api-error.ts'
import { divergenceQuestion } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { foreseenPlan, isCovered, planKeys } from '#features/session/foreseen-plan.ts'
import { useCommand } from './command-desk.tsx'
import { isOver } from './command-words.ts'
import { type Giving, useGiving } from './use-giving.ts'
import type { Stated } from './use-stated.ts'

const EVERY_MS = 2_000

export interface ManyPlan {
  /** The dry run's outcome as long as it holds; null: none was asked for, it is on its way, or it is outdated. */
  plan: Command | null
  isOutdated: boolean
  asking: Giving
  /** Its state while it is not over; null else. */
  underWay: string | null
  /** What differs now is read: it can be asked for. */
  isReady: boolean
  ask: () => void
  /** Reads again what differs, and acts where the plan has all of it. */
  ifCovered: (act: () => void) => void
  isChecking: boolean
  problem: string | null
}

/** What a reconcile of many would write. What comes to differ after it was planned is not written unseen: it is outdated then. */
export function useManyPlan(stated: Stated | null, truth: 'owner' | 'redis', what: string): ManyPlan {
  const [asked, setAsked] = useState<{ id: string; differing: ReadonlySet<string> } | null>(null)
  const api = useApi()
  const queries = useQueryClient()
  const { data } = useAnswer(divergenceQuestion, { everyMs: EVERY_MS })
  const { data: planned } = useCommand(asked?.id ?? null)
  const sids = new Set(stated?.order.target.sids)
  const differingIn = (items: readonly DivergenceItem[]): ReadonlySet<string> => differenceKeys(items, sids, truth)
  const asking = useGiving(({ id }) => setAsked({ id, differing: differingIn(data?.items ?? []) }))
  const checking = useMutation({ mutationFn: () => api.ask(divergenceQuestion) })
  const isOfTruth = planned !== undefined && planned.truth === truth
  const isDone = isOfTruth && isOver(planned)
  const known = new Set([...(asked?.differing ?? []), ...planKeys(planned?.plan ?? [])])
  const isOutdated = isDone && !isCovered(differingIn(data?.items ?? []), known)
  return {
    plan: isDone && !isOutdated ? planned : null,
    isOutdated,
    asking,
    isReady: data !== undefined,
    underWay: asked === null ? null : planned === undefined ? 'sent' : isOver(planned) ? null : planned.state,
    ask() {
      if (stated) asking.give({ type: 'reconcile', ...stated.order, truth, dryRun: true }, what)
    },
    ifCovered(act) {
      checking.mutate(undefined, {
        onSuccess(now) {
          if (isCovered(differingIn(now.items), known)) act()
          else queries.setQueryData([divergenceQuestion.path], now)
        },
      })
    },
    isChecking: checking.isPending,
    problem:
      checking.error && `What differs could not be read again: ${errorText(checking.error)}. Nothing was written.`,
  }
}

/** What differs in these sessions, a text a difference, with its values. */
function differenceKeys(
  items: readonly DivergenceItem[],
  sids: ReadonlySet<Sid>,
  truth: 'owner' | 'redis',
): ReadonlySet<string> {
  const keys = items
    .filter(({ sid, healedAt }) => sids.has(sid) && healedAt === null)
    .flatMap(({ sid, state, missingIn, fields }) =>
      state === 'drifted'
        ? [...planKeys(foreseenPlan(sid, fields, truth))]
        : [`${sid} ${state} ${missingIn.join(' ')}`],
    )
  return new Set(keys)
}
