'use client'

import { TEXT_MAX } from '@holdfast/store/contracts'
import { type ReactNode, useId } from 'react'
import { Icon } from '#ui/icon.tsx'
import type { Giving } from './use-giving.ts'
import { refusalText } from './use-giving.ts'

const REASON_MAX = 500
export const REASONS = ['Spam', 'Harassment', 'Idle in a busy room', 'At the player’s wish', 'Test'] as const

interface FieldProps {
  value: string
  onChange: (value: string) => void
}

/** Why, for the audit. Presets can be written over. */
export function ReasonField({ value, onChange, presets = false }: FieldProps & { presets?: boolean }) {
  const listId = useId()
  return (
    <label className="block">
      <span className="label">Reason, for the audit</span>
      <input
        className="input"
        data-first
        maxLength={REASON_MAX}
        required
        list={presets ? listId : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {presets && (
        <datalist id={listId}>
          {REASONS.map((reason) => (
            <option key={reason} value={reason} />
          ))}
        </datalist>
      )}
    </label>
  )
}

export function TextField({ label, value, onChange, preview }: FieldProps & { label: string; preview: string }) {
  return (
    <div>
      <label className="block">
        <span className="label">{label}</span>
        <textarea
          className="input"
          maxLength={TEXT_MAX}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      <p className="mt-1 text-text-3 text-xs">
        The player reads: <q className="mono text-text-2">{preview}</q>
      </p>
    </div>
  )
}

/** For what cannot be taken back: the word or the count is typed. */
export function TypedConfirmation({ value, onChange, word }: FieldProps & { word: string }) {
  return (
    <label className="block">
      <span className="label">
        Type <span className="mono">{word}</span> to confirm
      </span>
      <input
        className="input"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}

/** Why the console did not take it. The form stays as it is. */
export function Refusal({ giving }: { giving: Giving }) {
  return giving.failure ? <Alarm>{refusalText(giving.failure)}</Alarm> : null
}

/** Why nothing was done, said at once. */
export function Alarm({ children }: { children: ReactNode }) {
  return (
    <p className="note" data-look="bad" role="alert">
      <Icon name="close" />
      <span>{children}</span>
    </p>
  )
}

export function Note({
  icon,
  children,
}: {
  icon: 'info' | 'unknown' | 'settling' | 'warning' | 'in-sync'
  children: ReactNode
}) {
  return (
    <p className="note">
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  )
}
