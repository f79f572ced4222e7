'use client'

import type { Command, PlanRow } from '@holdfast/store/contracts'
import { useState } from 'react'
import { Button } from '#ui/button.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { Alarm, Note, ReasonField, Refusal } from './command-fields.tsx'
import { ManyDialog } from './many-dialog.tsx'
import { directionsOf, skippedOf } from './plan-words.ts'
import type { Scope } from './scope.ts'
import { TruthChoice } from './truth-choice.tsx'
import { useGiving } from './use-giving.ts'
import { useManyPlan } from './use-many-plan.ts'
import { statingProblem, useStated } from './use-stated.ts'

/** Reconcile many: which copy is right, what that would write, why, how many. */
export function ReconcileManyDialog({ scope, onClose }: { scope: Scope; onClose: () => void }) {
  const [truth, setTruth] = useState<'owner' | 'redis'>('owner')
  const [reason, setReason] = useState('')
  const [commandId, setCommandId] = useState<string | null>(null)
  const giving = useGiving((command) => setCommandId(command.id))
  const stating = useStated(scope)
  const stated = stating.kind === 'stated' ? stating.stated : null
  const number = stated?.count ?? scope.count
  const what = counted(number, 'session')
  const planning = useManyPlan(stated, truth, what)
  const { plan, isOutdated, asking, underWay, ask, ifCovered, isChecking, problem } = planning
  const unstated = statingProblem(stating) ?? (planning.isReady ? null : 'Reading what differs')
  const off =
    plan === null
      ? isOutdated
        ? 'Ask for the plan again'
        : 'Ask for the plan first'
      : plan.state !== 'applied'
        ? 'There is no plan'
        : reason.trim() === ''
          ? 'Say why'
          : null
  return (
    <ManyDialog
      title={`Reconcile ${what}`}
      scope={stated?.sentence ?? scope.sentence}
      word={truth === 'redis' ? 'redis' : String(number)}
      verb={`Reconcile ${countText(number)}`}
      isDanger={truth === 'redis'}
      off={unstated ?? off}
      giving={{ ...giving, isGiving: giving.isGiving || isChecking }}
      commandId={commandId}
      onConfirm={() => {
        if (!stated) return
        const order = { type: 'reconcile', ...stated.order, truth, reason: reason.trim() } as const
        ifCovered(() => giving.give(order, what))
      }}
      onClose={onClose}
    >
      <TruthChoice value={truth} onChange={setTruth} />
      {plan ? (
        <PlanSummary command={plan} />
      ) : (
        <p className="text-text-2">The plan says what would be written, and where.</p>
      )}
      {isOutdated && <Alarm>More differs now than was planned. Nothing was written: ask for the plan again.</Alarm>}
      {problem !== null && <Alarm>{problem}</Alarm>}
      <p className="flex items-center gap-2">
        <Button off={unstated ?? (asking.isGiving || underWay !== null ? 'On its way' : null)} onClick={ask}>
          {plan || isOutdated ? 'Plan again' : 'Dry run'}
        </Button>
        {underWay !== null && <span className="text-text-3 text-xs">{underWay}</span>}
      </p>
      <Refusal giving={asking} />
      <ReasonField value={reason} onChange={setReason} />
    </ManyDialog>
  )
}

/** `Server memory to Redis: 402 fields. Skipped: 6 with a pending write, 2 left.` */
function PlanSummary({ command }: { command: Command }) {
  const plan: readonly PlanRow[] = command.plan ?? []
  const refused = command.results.filter(({ outcome }) => outcome === 'refused').length
  const gone = command.results.filter(({ outcome }) => outcome === 'gone').length
  const directions = directionsOf(plan)
  return (
    <div className="direction">
      {directions.length === 0 && <p>Nothing would be written.</p>}
      {directions.map(({ text, count }) => (
        <p key={text}>
          {text} <span>{counted(count, 'field')}</span>
        </p>
      ))}
      {skippedOf(plan).map(({ reason, count }) => (
        <Note key={reason} icon="settling">
          {counted(count, 'field')} left alone: {reason}.
        </Note>
      ))}
      {refused > 0 && <Note icon="unknown">{counted(refused, 'session')} would be refused.</Note>}
      {gone > 0 && <Note icon="info">{counted(gone, 'session')} gone already.</Note>}
    </div>
  )
}
