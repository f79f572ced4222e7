'use client'

import type { CommandRequest, Sid } from '@holdfast/store/contracts'
import { useState } from 'react'
import { sessionsQuestion } from '#features/api/questions.ts'
import { useAnswer } from '#features/live/use-answer.ts'
import { useWizard } from '#features/shell/wizard.tsx'
import { counted, countText } from '#ui/format/number.ts'
import { Note, ReasonField, TextField } from './command-fields.tsx'
import { messagePreview, SHOWN_THE_DOOR } from './command-words.ts'
import { ManyDialog } from './many-dialog.tsx'
import type { Scope } from './scope.ts'
import { useGiving } from './use-giving.ts'

interface BulkProps {
  scope: Scope
  onClose: () => void
}

/** Leaves wizards and oneself out of a scope: by the filter where it is one, by name where sessions are named. */
function leftOut(
  target: CommandRequest['target'],
  skips: { wizards: ReadonlySet<Sid> | null; own: ReadonlySet<Sid> | null; dbref: string },
) {
  if ('filter' in target) {
    const parts = [target.filter, skips.wizards ? '-flag:wizard' : '', skips.own ? `-player:${skips.dbref}` : '']
    return { target: { filter: parts.filter((part) => part !== '').join(' ') }, count: null }
  }
  if (!('sids' in target)) return { target, count: null }
  const sids = target.sids.filter((sid) => !skips.wizards?.has(sid) && !skips.own?.has(sid))
  return { target: { sids }, count: sids.length }
}

const useSids = (filter: string): ReadonlySet<Sid> | null => {
  const { data } = useAnswer(sessionsQuestion({ filter, sort: '', offset: 0, limit: 200 }), { everyMs: 10_000 })
  return data ? new Set(data.items.map(({ sid }) => sid)) : null
}

export function BootManyDialog({ scope, onClose }: BulkProps) {
  const { dbref } = useWizard()
  const [reason, setReason] = useState('')
  const [text, setText] = useState('')
  const [skips, setSkips] = useState({ wizards: true, own: true })
  const [commandId, setCommandId] = useState<string | null>(null)
  const giving = useGiving((command) => setCommandId(command.id))
  const wizards = useSids('flag:wizard')
  const own = useSids(`player:${dbref}`)
  const { target, count } = leftOut(scope.target, {
    wizards: skips.wizards ? wizards : null,
    own: skips.own ? own : null,
    dbref,
  })
  const number = count ?? scope.count
  const isKnown = wizards !== null && own !== null
  const confirm = (): void => {
    const said = text.trim() === '' ? {} : { text: text.trim() }
    giving.give({ type: 'disconnect', target, reason: reason.trim(), ...said }, counted(number, 'session'))
  }
  return (
    <ManyDialog
      title={`Boot ${counted(number, 'session')}`}
      scope={scope.sentence}
      word={String(number)}
      verb={`Boot ${countText(number)}`}
      isDanger
      off={
        !isKnown
          ? 'Reading who is a wizard'
          : number === 0
            ? 'Nobody is left to boot'
            : reason.trim() === ''
              ? 'Say why'
              : null
      }
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
      <Note icon="info">
        Sessions that open after the console has taken this are left alone. At most 50 each second.
      </Note>
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
  const missing = reason.trim() === '' ? 'Say why' : text.trim() === '' ? 'Say what' : null
  return (
    <ManyDialog
      title={`Message ${scope.what}`}
      scope={scope.sentence}
      word={null}
      verb={`Message ${countText(scope.count)}`}
      off={missing}
      giving={giving}
      commandId={commandId}
      onConfirm={() =>
        giving.give({ type: 'message', target: scope.target, reason: reason.trim(), text: text.trim() }, scope.what)
      }
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
      <TextField label="Message" value={text} onChange={setText} preview={messagePreview(name, text.trim() || '...')} />
    </ManyDialog>
  )
}
