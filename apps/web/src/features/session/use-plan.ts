'use client'

import type { Command, PlanRow, SessionDetail } from '@holdfast/store/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { errorText } from '#features/api/api-error.ts'
import { sessionQuestion } from '#features/api/questions.ts'
import { useCommand } from '#features/commands/command-desk.tsx'
import { isOver } from '#features/commands/command-words.ts'
import { scopeOfRow } from '#features/commands/scope.ts'
import { type Giving, useGiving } from '#features/commands/use-giving.ts'
import { useApi } from '#features/live/services.tsx'
import { foreseenPlan, isSamePlan } from './foreseen-plan.ts'

export interface DryRun {
  command: Command
  /** When it was asked for, epoch ms, and against which version. */
  at: number
  version: string
  /** What differs is not what it was planned for any more. */
  isOutdated: boolean
}

export interface Plan {
  /** A dry run's as long as it holds, else what the diff foresees. */
  plan: readonly PlanRow[]
  dryRun: DryRun | null
  trying: Giving
  tryOut: () => void
  /** The dry run is done with. */
  forget: () => void
  /** Reads the session again, and acts where what differs is what the plan was shown for. Else the page shows what it is now. */
  ifSame: (act: () => void) => void
  isChecking: boolean
  /** Why nothing was written. */
  problem: string | null
}

/** What a reconcile writes: what is shown is what is carried out. */
export function usePlan({ session, fields }: SessionDetail, truth: 'owner' | 'redis'): Plan {
  const [asked, setAsked] = useState<{ id: string; at: number; version: string; foreseen: readonly PlanRow[] } | null>(
    null,
  )
  const [isOther, setIsOther] = useState(false)
  const api = useApi()
  const queries = useQueryClient()
  const { data: tried } = useCommand(asked?.id ?? null)
  const foreseen = foreseenPlan(session.sid, fields, truth)
  const { version } = session
  const scope = scopeOfRow(session)
  const trying = useGiving(({ id }) => setAsked({ id, at: Date.now(), version, foreseen }))
  const question = sessionQuestion(session.sid)
  const checking = useMutation({ mutationFn: () => api.ask(question) })
  const isOutdated = asked !== null && tried?.truth === truth && !isSamePlan(asked.foreseen, foreseen)
  const holds = tried !== undefined && isOver(tried) && tried.truth === truth && !isOutdated
  return {
    plan: holds ? (tried.plan ?? []) : foreseen,
    dryRun: asked && tried ? { ...asked, command: tried, isOutdated } : null,
    trying,
    tryOut: () => trying.give({ type: 'reconcile', target: scope.target, truth, dryRun: true }, scope.what),
    forget: () => setAsked(null),
    ifSame(act) {
      setIsOther(false)
      checking.mutate(undefined, {
        onSuccess(now) {
          if (isSamePlan(foreseen, foreseenPlan(session.sid, now.fields, truth))) return act()
          queries.setQueryData([question.path], now)
          setIsOther(true)
        },
      })
    },
    isChecking: checking.isPending,
    problem: checking.error
      ? `The session could not be read again: ${errorText(checking.error)}. Nothing was written.`
      : isOther
        ? 'What differs has changed since you looked. Nothing was written: this is what would be written now.'
        : null,
  }
}
