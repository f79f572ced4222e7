'use client'

import type { Command, Field, PlanRow, SessionDetail } from '@holdfast/store/contracts'
import { useState } from 'react'
import { useCommand } from '#features/commands/command-desk.tsx'
import { Alarm, Note, ReasonField, Refusal, TypedConfirmation } from '#features/commands/command-fields.tsx'
import { isOver } from '#features/commands/command-words.ts'
import { directionsOf, writtenRows } from '#features/commands/plan-words.ts'
import { nameOfRow, scopeOfRow } from '#features/commands/scope.ts'
import { Stepper } from '#features/commands/stepper.tsx'
import { TruthChoice } from '#features/commands/truth-choice.tsx'
import { useGiving } from '#features/commands/use-giving.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useIsApple } from '#features/shell/help-sheet.tsx'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { counted } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import { Sheet } from '#ui/sheet.tsx'
import { COPY_NAMES } from '#ui/states.ts'
import { cutText } from './cut-text.ts'
import { valueText } from './field-value.ts'
import { type DryRun, usePlan } from './use-plan.ts'

interface ReconcileSheetProps {
  detail: SessionDetail
  truth: 'owner' | 'redis'
  onTruth: (truth: 'owner' | 'redis') => void
  onCopyLink: () => void
  onClose: () => void
}

/** Which copy is right, what that writes where, why; then what came of it. The diff stays beside it. */
export function ReconcileSheet({ detail, truth, onTruth, onCopyLink, onClose }: ReconcileSheetProps) {
  const { session, fields } = detail
  const [reason, setReason] = useState('')
  const [word, setWord] = useState('')
  const [commandId, setCommandId] = useState<string | null>(null)
  const isApple = useIsApple()
  const { plan, dryRun, trying, tryOut, forget, ifSame, isChecking, problem } = usePlan(detail, truth)
  const giving = useGiving((taken) => {
    // It is carried out: what was planned and typed for it serves no second one.
    setCommandId(taken.id)
    setWord('')
    forget()
  })
  const { data: command, isError } = useCommand(commandId)
  const isFollowed = commandId !== null && !isError
  const isOnItsWay = giving.isGiving || isChecking || (isFollowed && !(command && isOver(command)))
  const written = writtenRows(plan)
  const off = useReconcileOff(detail)
  const scope = scopeOfRow(session)
  const missing =
    off ??
    (isOnItsWay
      ? 'On its way'
      : written.length === 0
        ? 'Nothing to write'
        : reason.trim() === ''
          ? 'Say why'
          : truth === 'redis' && word !== 'redis'
            ? 'Type redis'
            : null)
  const reconcile = (): void => {
    if (missing !== null) return
    const order = { type: 'reconcile', target: scope.target, truth, reason: reason.trim() } as const
    ifSame(() => giving.give({ ...order, expect: { [session.sid]: session.version } }, scope.what))
  }
  useShortcut('confirm', reconcile)
  return (
    <Sheet
      title={`Reconcile ${nameOfRow(session)}`}
      actions={<Button look="bare" icon="link" aria-label="Copy link" title="Copy link" onClick={onCopyLink} />}
      onClose={onClose}
      foot={
        <>
          <Stepper command={command ?? null} />
          <div className="flex items-center gap-2">
            <Button size="lg" off={off ?? (trying.isGiving ? 'On its way' : null)} onClick={tryOut}>
              Dry run
            </Button>
            <span className="flex-1 text-end text-text-3 text-xs">{missing}</span>
            <Button look="primary" size="lg" off={missing} shortcut={isApple ? '⌘ ↵' : 'Ctrl ↵'} onClick={reconcile}>
              Reconcile {counted(written.length, 'field')}
            </Button>
          </div>
        </>
      }
    >
      <div className="contents">
        <TruthChoice value={truth} onChange={onTruth} />
        <Directions plan={plan} truth={truth} isAllRead={fields.every(({ state }) => state !== 'unknown')} />
        {written.length > 0 && <PlanTable rows={written} />}
        <LeftAlone plan={plan} fields={fields} name={nameOfRow(session)} />
        <ReasonField value={reason} onChange={setReason} />
        {truth === 'redis' && <TypedConfirmation value={word} onChange={setWord} word="redis" />}
        <Refusal giving={giving} />
        <Refusal giving={trying} />
        {problem !== null && <Alarm>{problem}</Alarm>}
        {dryRun && <DryRunNote dryRun={dryRun} />}
        {command && isOver(command) && <Outcome command={command} />}
      </div>
    </Sheet>
  )
}

/** Why this session cannot be reconciled now; null: it can. A copy that cannot be read is neither right nor to be written over. */
function useReconcileOff({ fields, closed, session }: SessionDetail): string | null {
  const off = useCommandsOff()
  if (off !== null) return off
  if (closed) return 'The session has ended.'
  const unread = (['gateway', 'server', 'redis'] as const).find(
    (copy) =>
      fields.length > 0 &&
      fields.some(({ cells }) => cells[copy].kind === 'unknown') &&
      fields.every(({ cells }) => ['unknown', 'not-held'].includes(cells[copy].kind)),
  )
  if (unread && (unread !== 'gateway' || session.status === 'connected'))
    return `${COPY_NAMES[unread]} is not read now.`
  return null
}

interface DirectionsProps {
  plan: readonly PlanRow[]
  truth: 'owner' | 'redis'
  isAllRead: boolean
}

function Directions({ plan, truth, isAllRead }: DirectionsProps) {
  const directions = directionsOf(plan, truth)
  if (directions.length === 0)
    return (
      <div className="direction">
        <p>{isAllRead ? 'Nothing to write: the copies agree.' : 'Nothing to write: what was read agrees.'}</p>
      </div>
    )
  return (
    <div className="direction">
      {directions.map(({ text, from, to, count }) => (
        <p key={text}>
          {COPY_NAMES[from]} <Icon name="arrow" /> <span className="sr-only">to</span> {COPY_NAMES[to]}
          <span>{counted(count, 'field')}</span>
        </p>
      ))}
    </div>
  )
}

/** A whole record would fill the sheet: the diff has its fields. */
const valueWords = (field: string, value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? counted(Object.keys(value).length, 'field')
    : cutText(valueText(field, value, { isRaw: false, now: Date.now() }))

function PlanTable({ rows }: { rows: readonly PlanRow[] }) {
  return (
    <table className="plan">
      <colgroup>
        <col style={{ width: 116 }} />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Field, and where</th>
          <th scope="col">Now, then after</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, to, before, after }) => (
          <tr key={`${to} ${field}`}>
            <td>
              {field === '*' ? 'the whole record' : visibleText(field)}
              {to !== 'redis' && <span className="block text-text-3">in {COPY_NAMES[to].toLowerCase()}</span>}
            </td>
            <td>
              <PlanValue field={field} value={before} className="plan-before" />
              <PlanValue field={field} value={after} className="plan-after" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function PlanValue({ field, value, className }: { field: string; value: unknown; className: string }) {
  const isAbsent = value === null || value === undefined
  return (
    <span className={className} data-absent={isAbsent || undefined}>
      {isAbsent ? 'absent' : <bdi>{valueWords(field, value)}</bdi>}
    </span>
  )
}

/** More fields than this are counted, not named: the diff beside it has their names. */
const NAMED_MAX = 4

/** What is not touched, and why; and who notices. */
function LeftAlone({ plan, fields, name }: { plan: readonly PlanRow[]; fields: readonly Field[]; name: string }) {
  const unknown = fields.filter(({ state }) => state === 'unknown')
  const waiting = fields.filter(({ state }) => state === 'settling')
  const written = writtenRows(plan)
  const isOnlyRedis = written.length > 0 && written.every(({ to }) => to === 'redis')
  const isLogin = written.some(({ field, to }) => to !== 'redis' && ['loginState', 'player'].includes(field))
  return (
    <div className="grid gap-1.5">
      {waiting.map(({ name: field }) => (
        <Note key={field} icon="settling">
          <b className="font-medium">{visibleText(field)}</b> is left alone: a write on its way will bring it.
        </Note>
      ))}
      {unknown.length > 0 && (
        <Note icon="unknown">
          <b className="font-medium">
            {unknown.length <= NAMED_MAX
              ? unknown.map(({ name: field }) => visibleText(field)).join(', ')
              : counted(unknown.length, 'field')}
          </b>{' '}
          {unknown.length === 1 ? 'is left alone: a copy of it' : 'are left alone: a copy of them'} cannot be read.
        </Note>
      )}
      {isOnlyRedis && <Note icon="info">{name} notices nothing. Only Redis is written.</Note>}
      {isLogin && (
        <Note icon="warning">Who {name} is in the game changes. The player may return to the login screen.</Note>
      )}
    </div>
  )
}

function DryRunNote({ dryRun: { command, at, version, isOutdated } }: { dryRun: DryRun }) {
  if (isOutdated)
    return (
      <Note icon="warning">
        Dry run {timeText(at)} is outdated: what differs has changed since. What is shown is what differs now.
      </Note>
    )
  if (!isOver(command)) return <Note icon="settling">Dry run {command.state}.</Note>
  const count = writtenRows(command.plan ?? []).length
  const refused = command.results.filter(({ outcome }) => outcome !== 'done')
  return (
    <Note icon={refused.length === 0 ? 'in-sync' : 'unknown'}>
      Dry run {timeText(at)}: {count} would be written, {refused.length} refused
      {refused.length > 0 && ` (${refused.map(({ outcome, detail }) => visibleText(detail ?? outcome)).join('; ')})`}.
      Checked against version <span className="mono">{version}</span>.
    </Note>
  )
}

function Outcome({ command }: { command: Command }) {
  const { state, plan = [], results, detail } = command
  const [only] = results
  const isGood = state === 'verified'
  return (
    <Note icon={isGood ? 'in-sync' : 'warning'}>
      {isGood
        ? `${counted(writtenRows(plan).length, 'field')} written, verified: the copies were read again and agree.`
        : `${state}: ${visibleText(detail ?? only?.detail ?? only?.outcome ?? 'no word from its owner')}.`}
    </Note>
  )
}
