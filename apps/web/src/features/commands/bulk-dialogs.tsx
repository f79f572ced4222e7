'use client'

import type { Sid } from '@holdfast/store/contracts'
import { useState } from 'react'
import { useWizard } from '#features/shell/wizard.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { Alarm, Note, ReasonField, TextField } from './command-fields.tsx'
import { messagePreview, SHOWN_THE_DOOR } from './command-words.ts'
import { WHO } from './left-out.ts'
import { ManyDialog } from './many-dialog.tsx'
import { replacedText } from './people.ts'
import type { Scope } from './scope.ts'
import { useGiving } from './use-giving.ts'
import { type People, usePeople } from './use-people.ts'
import { type Stated, statingProblem, useStated } from './use-stated.ts'

interface BulkProps {
  scope: Scope
  onClose: () => void
}

export function BootManyDialog({ scope, onClose }: BulkProps) {
  const { dbref } = useWizard()
  const [reason, setReason] = useState('')
  const [text, setText] = useState('')
  const [skips, setSkips] = useState({ wizards: true, own: true })
  const [commandId, setCommandId] = useState<string | null>(null)
  const giving = useGiving((command) => setCommandId(command.id))
  const people = usePeople(scope.seen ?? [])
  const stating = useStated(
    scope,
    [
      ...(skips.wizards ? [{ token: 'flag:wizard', who: WHO.wizards }] : []),
      ...(skips.own ? [{ token: `player:${dbref}`, who: WHO.own }] : []),
    ],
    sidsOf(people.replaced),
  )
  const stated = stating.kind === 'stated' ? stating.stated : null
  const number = stated?.count ?? scope.count
  const confirm = (): void => {
    if (stated === null) return
    const said = text.trim() === '' ? {} : { text: text.trim() }
    const order = { type: 'disconnect', ...stated.order, reason: reason.trim(), ...said } as const
    people.ifSame(stated.order.target.sids, () => giving.give(order, counted(number, 'session')))
  }
  return (
    <ManyDialog
      title={`Boot ${counted(number, 'session')}`}
      scope={sentenceOf(scope, stated, 'Boots')}
      word={String(number)}
      verb={`Boot ${countText(number)}`}
      isDanger
      off={statingProblem(stating) ?? (reason.trim() === '' ? 'Say why' : null)}
      giving={{ ...giving, isGiving: giving.isGiving || people.isChecking }}
      commandId={commandId}
      onConfirm={confirm}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} presets />
      <TextField
        label="Text to the players, if any"
        value={text}
        onChange={setText}
        preview={text.trim() || SHOWN_THE_DOOR}
      />
      <div className="flex flex-wrap gap-x-4">
        <Skip
          label="Skip wizards"
          isOn={skips.wizards}
          onChange={(wizardsOn) => setSkips({ ...skips, wizards: wizardsOn })}
        />
        <Skip label="Skip yourself" isOn={skips.own} onChange={(ownOn) => setSkips({ ...skips, own: ownOn })} />
      </div>
      <ElseThere people={people} />
      <Note icon="info">Who connects from now on is left alone. At most 50 each second.</Note>
    </ManyDialog>
  )
}

/** `2 selected. Boots 1; leaves out 1: a wizard`. */
function sentenceOf(scope: Scope, stated: Stated | null, verb: string): string {
  if (stated === null) return scope.sentence
  const { sentence, count, leftOut } = stated
  return leftOut === null ? sentence : `${sentence}. ${verb} ${countText(count)}; ${leftOut}`
}

const sidsOf = (replaced: People['replaced']): ReadonlySet<Sid> => new Set(replaced.map(({ seen }) => seen.sid))
const NAMED_MAX = 4

/** Who is left out because the wizard chose another; the number has changed with them, and is typed again. */
function ElseThere({ people: { replaced, problem } }: { people: People }) {
  const more = replaced.length - NAMED_MAX
  return (
    <>
      {replaced.length > 0 && (
        <Alarm>
          {replaced.slice(0, NAMED_MAX).map(replacedText).join('. ')}
          {more > 0 && `. ${countText(more)} more like that`}. Left out.
        </Alarm>
      )}
      {problem !== null && <Alarm>{problem}</Alarm>}
    </>
  )
}

function Skip({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="toggle">
      <input type="checkbox" className="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}

export function MessageManyDialog({ scope, onClose }: BulkProps) {
  const { name } = useWizard()
  const [reason, setReason] = useState('')
  const [text, setText] = useState('')
  const [commandId, setCommandId] = useState<string | null>(null)
  const giving = useGiving((command) => setCommandId(command.id))
  const people = usePeople(scope.seen ?? [])
  const stating = useStated(scope, [], sidsOf(people.replaced))
  const stated = stating.kind === 'stated' ? stating.stated : null
  const number = stated?.count ?? scope.count
  const what = counted(number, 'session')
  const missing = reason.trim() === '' ? 'Say why' : text.trim() === '' ? 'Say what' : null
  return (
    <ManyDialog
      title={`Message ${what}`}
      scope={sentenceOf(scope, stated, 'Messages')}
      word={null}
      verb={`Message ${countText(number)}`}
      off={statingProblem(stating) ?? missing}
      giving={{ ...giving, isGiving: giving.isGiving || people.isChecking }}
      commandId={commandId}
      onConfirm={() => {
        if (!stated) return
        const order = { type: 'message', ...stated.order, reason: reason.trim(), text: text.trim() } as const
        people.ifSame(stated.order.target.sids, () => giving.give(order, what))
      }}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
      <TextField label="Message" value={text} onChange={setText} preview={messagePreview(name, text.trim() || '...')} />
      <ElseThere people={people} />
    </ManyDialog>
  )
}
