'use client'

import { type FormEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useCommandsOff, useWizard } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { Popover } from '#ui/popover.tsx'
import { ReasonField, Refusal, TextField } from './command-fields.tsx'
import { messagePreview, SHOWN_THE_DOOR, VERBS } from './command-words.ts'
import type { Scope } from './scope.ts'
import { useGiving } from './use-giving.ts'

interface OneProps {
  scope: Scope
  type: 'disconnect' | 'message'
  /** Why it cannot be done to this one; null: it can. */
  off?: string | null
  size?: 'lg'
}

const KEYS = { disconnect: 'boot', message: 'message' } as const
const ICONS = { disconnect: 'boot', message: 'message' } as const

/** Boot or message one: a popover at its button, confirmed with Enter. */
export function OneCommandButton({ scope, type, off = null, size }: OneProps) {
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
          <OneForm type={type} scope={scope} onDone={() => setIsOpen(false)} />
        </Popover>
      )}
    </span>
  )
}

function OneForm({ type, scope, onDone }: { type: OneProps['type']; scope: Scope; onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [text, setText] = useState('')
  const { name } = useWizard()
  const giving = useGiving(onDone)
  const isBoot = type === 'disconnect'
  const missing = reason.trim() === '' ? 'Say why' : !isBoot && text.trim() === '' ? 'Say what' : null
  const submit = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault()
    if (missing !== null || giving.isGiving) return
    const said = text.trim() === '' ? {} : { text: text.trim() }
    giving.give({ type, target: scope.target, reason: reason.trim(), ...said }, scope.what)
  }
  const preview = isBoot ? text.trim() || SHOWN_THE_DOOR : messagePreview(name, text.trim() || '...')
  return (
    <form
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
      <Actions isDanger={isBoot} off={missing} isBusy={giving.isGiving} verb={VERBS[type].do} onCancel={onDone} />
    </form>
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
