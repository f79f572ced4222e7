'use client'

import { useState } from 'react'
import { useWizard } from '#features/shell/wizard.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { Note, ReasonField, TextField } from './command-fields.tsx'
import { messagePreview, SHOWN_THE_DOOR } from './command-words.ts'
import { ManyDialog } from './many-dialog.tsx'
import type { Scope } from './scope.ts'
import { useGiving } from './use-giving.ts'
import { statingProblem, useStated } from './use-stated.ts'

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
  const stating = useStated(scope, [
    ...(skips.wizards ? ['flag:wizard'] : []),
    ...(skips.own ? [`player:${dbref}`] : []),
  ])
  const stated = stating.kind === 'stated' ? stating.stated : null
  const number = stated?.count ?? scope.count
  const confirm = (): void => {
    if (stated === null) return
    const said = text.trim() === '' ? {} : { text: text.trim() }
    giving.give({ type: 'disconnect', ...stated.order, reason: reason.trim(), ...said }, counted(number, 'session'))
  }
  return (
    <ManyDialog
      title={`Boot ${counted(number, 'session')}`}
      scope={stated?.sentence ?? scope.sentence}
      word={String(number)}
      verb={`Boot ${countText(number)}`}
      isDanger
      off={statingProblem(stating) ?? (reason.trim() === '' ? 'Say why' : null)}
      giving={giving}
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
      <Note icon="info">Who connects from now on is left alone. At most 50 each second.</Note>
    </ManyDialog>
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
  const stating = useStated(scope)
  const stated = stating.kind === 'stated' ? stating.stated : null
  const number = stated?.count ?? scope.count
  const what = counted(number, 'session')
  const missing = reason.trim() === '' ? 'Say why' : text.trim() === '' ? 'Say what' : null
  return (
    <ManyDialog
      title={`Message ${what}`}
      scope={stated?.sentence ?? scope.sentence}
      word={null}
      verb={`Message ${countText(number)}`}
      off={statingProblem(stating) ?? missing}
      giving={giving}
      commandId={commandId}
      onConfirm={() => {
        if (stated) giving.give({ type: 'message', ...stated.order, reason: reason.trim(), text: text.trim() }, what)
      }}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
      <TextField label="Message" value={text} onChange={setText} preview={messagePreview(name, text.trim() || '...')} />
    </ManyDialog>
  )
}
