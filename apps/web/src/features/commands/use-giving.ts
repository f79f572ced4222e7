'use client'

import type { Command, CommandRequest, Problem } from '@holdfast/store/contracts'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { type ApiFailure, failureOf } from '#features/api/api-error.ts'
import { useCommandDesk } from './command-desk.tsx'

type Order = Omit<CommandRequest, 'id'>

export interface Giving {
  give(order: Order, what: string): void
  isGiving: boolean
  /** Why the console did not take it; null while it has not refused. */
  failure: ApiFailure | null
  reset(): void
}

/**
 * Gives a command of one form. The same order again, after no answer came, goes under the same id: had it arrived, it has no
 * second effect. Another order is another command.
 */
export function useGiving(
  onTaken: (command: Command) => void,
  onRefused: (failure: ApiFailure) => void = () => undefined,
): Giving {
  const desk = useCommandDesk()
  const last = useRef({ text: '', id: '' })
  const giving = useMutation({
    mutationFn: ({ order, what }: { order: Order; what: string }) => {
      const text = JSON.stringify(order)
      if (last.current.text !== text) last.current = { text, id: crypto.randomUUID() }
      return desk.give(order, what, last.current.id)
    },
    onSuccess: onTaken,
    onError(error) {
      // What the console refused is settled; the wizard's next try is another command.
      const failure = failureOf(error)
      if (failure?.kind === 'problem') last.current = { text: '', id: '' }
      if (failure) onRefused(failure)
    },
  })
  return {
    give: (order, what) => giving.mutate({ order, what }),
    isGiving: giving.isPending,
    failure: failureOf(giving.error),
    reset: giving.reset,
  }
}

/** What a wizard does about a refusal, in words. */
export function refusalText(failure: ApiFailure): string {
  if (failure.kind === 'timed-out')
    return 'The console did not answer. Whether it took the command is not known: try again, it has no second effect.'
  if (failure.kind === 'unreachable') return 'The console cannot be reached. Nothing is known to have been done.'
  if (failure.kind === 'unreadable')
    return 'The console answered in a way this page does not understand. See Audit for what was done.'
  const { problem } = failure
  switch (problem.code) {
    case 'changed':
      return `This session changed since you looked${versionsText(problem.changed ?? [])}. Nothing was written.`
    case 'limited':
      return `${problem.detail ?? 'Too many of these.'} Nothing was done.`
    default:
      return `${problem.detail ?? problem.title}${/nothing was done/i.test(problem.detail ?? '') ? '' : ' Nothing was done.'}`
  }
}

type Changed = NonNullable<Problem['changed']>[number]

function versionsText(changed: readonly Changed[]): string {
  const [only] = changed
  if (!only) return ''
  if (changed.length > 1) return ` (${changed.length} sessions)`
  return only.is === null ? ': it is gone' : `: version ${only.saw} is ${only.is} now`
}
