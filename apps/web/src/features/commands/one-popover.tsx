'use client'

import type { SessionRow } from '@holdfast/store/contracts'
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useCommandsOff, useWizard } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { Popover } from '#ui/popover.tsx'
import { Alarm, ReasonField, Refusal, TextField } from './command-fields.tsx'
import { messagePreview, SHOWN_THE_DOOR, VERBS } from './command-words.ts'
import { type Person, type Replaced, replacedText } from './people.ts'
import { nameOfRow, scopeOfRow } from './scope.ts'
import { useGiving } from './use-giving.ts'
import { usePeople } from './use-people.ts'

interface OneProps {
  /** The session, as the wizard sees it. */
  row: SessionRow
  type: 'disconnect' | 'message'
  /** Why it cannot be done to this one; null: it can. */
  off?: string | null
  size?: 'lg'
}

const KEYS = { disconnect: 'boot', message: 'message' } as const
const ICONS = { disconnect: 'boot', message: 'message' } as const

/** Boot or message one: a popover at its button, confirmed with Enter. */
export function OneCommandButton({ row, type, off = null, size }: OneProps) {
  const [isOpen, setIsOpen] = useState(false)
  const anchor = useRef<HTMLSpanElement>(null)
  const commandsOff = useCommandsOff() ?? off
  useShortcut(KEYS[type], () => setIsOpen(true), commandsOff === null)
  return (
    <span ref={anchor} className="inline-flex" tabIndex={-1}>
      <Button
        icon={ICONS[type]}
        look={type === 'disconnect' ? 'danger' : undefined}
        size={size}
        off={commandsOff}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {VERBS[type].do}
      </Button>
      {isOpen && (
        <Popover anchor={anchor} onClose={() => setIsOpen(false)}>
          <OneForm type={type} row={row} onDone={() => setIsOpen(false)} />
        </Popover>
      )}
    </span>
  )
}

/** It is for whoever was on the session when it was opened: where somebody else is by then, it asks again. */
function OneForm({ type, row, onDone }: { type: OneProps['type']; row: SessionRow; onDone: () => void }) {
  const [seen, setSeen] = useState<Person>(row)
  const [reason, setReason] = useState('')
  const [text, setText] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const { name } = useWizard()
  const giving = useGiving(onDone)
  const people = usePeople([seen])
  const [replaced] = people.replaced
  const scope = scopeOfRow(seen)
  const isBoot = type === 'disconnect'
  const isBusy = giving.isGiving || people.isChecking
  const missing = replaced
    ? 'Somebody else is there now'
    : reason.trim() === ''
      ? 'Say why'
      : !isBoot && text.trim() === ''
        ? 'Say what'
        : null
  const submit = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault()
    if (missing !== null || isBusy) return
    const said = text.trim() === '' ? {} : { text: text.trim() }
    people.ifSame([seen.sid], () =>
      giving.give({ type, target: scope.target, reason: reason.trim(), ...said }, scope.what),
    )
  }
  const beginWith = ({ now }: Replaced): void => {
    // What was said of the one is not said of the other.
    setSeen(now)
    setReason('')
    setText('')
    form.current?.querySelector<HTMLElement>('[data-first]')?.focus()
  }
  const preview = isBoot ? text.trim() || SHOWN_THE_DOOR : messagePreview(name, text.trim() || '...')
  return (
    <form
      ref={form}
      className="grid gap-2"
      role="dialog"
      aria-label={`${VERBS[type].do} ${scope.what}`}
      onSubmit={submit}
      // In the text Enter is a new line.
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      }}
    >
      <p className="font-medium">
        {VERBS[type].do} {scope.sentence}?
      </p>
      <ReasonField value={reason} onChange={setReason} presets={isBoot} />
      <TextField
        label={isBoot ? 'Text to the player, if any' : 'Message'}
        value={text}
        onChange={setText}
        preview={preview}
      />
      <Refusal giving={giving} />
      {people.problem !== null && <Alarm>{people.problem}</Alarm>}
      {replaced && <ElseThere replaced={replaced} verb={VERBS[type].do} onTake={() => beginWith(replaced)} />}
      <Actions isDanger={isBoot} off={missing} isBusy={isBusy} verb={VERBS[type].do} onCancel={onDone} />
    </form>
  )
}

/** `Session 6 is Carl's now`: a form of its own, by the wizard's will only. */
function ElseThere({ replaced, verb, onTake }: { replaced: Replaced; verb: string; onTake: () => void }) {
  return (
    <>
      <Alarm>{replacedText(replaced)}. Nothing was done.</Alarm>
      <Button onClick={onTake}>
        {verb} {nameOfRow(replaced.now)} instead
      </Button>
    </>
  )
}

function Actions(props: {
  isDanger: boolean
  off: string | null
  isBusy: boolean
  verb: ReactNode
  onCancel: () => void
}) {
  const { isDanger, off, isBusy, verb, onCancel } = props
  return (
    <div className="mt-1 flex items-center justify-end gap-2">
      {off !== null && <span className="me-auto text-text-3 text-xs">{off}</span>}
      <Button onClick={onCancel}>Cancel</Button>
      <Button type="submit" look={isDanger ? 'fill' : 'primary'} off={isBusy ? 'On its way' : off} shortcut="↵">
        {verb}
      </Button>
    </div>
  )
}
