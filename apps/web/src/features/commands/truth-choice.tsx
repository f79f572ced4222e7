'use client'

import { useId } from 'react'

interface TruthProps {
  value: 'owner' | 'redis'
  onChange: (value: 'owner' | 'redis') => void
}

const CHOICES = [
  {
    value: 'owner',
    label: 'Owner of each field',
    more: 'recommended',
    text: 'Each field is taken from the side that owns it.',
  },
  { value: 'redis', label: 'Redis', more: null, text: 'Overwrites both memories. Asks for the word redis.' },
] as const

/** Which copy is right? Everything that follows is said from it. */
export function TruthChoice({ value, onChange }: TruthProps) {
  const name = useId()
  return (
    <fieldset>
      <legend className="label">Which copy is right?</legend>
      {CHOICES.map((choice) => (
        <label key={choice.value} className="option">
          <input
            type="radio"
            className="radio"
            name={name}
            checked={value === choice.value}
            onChange={() => onChange(choice.value)}
          />
          <span>
            <span className="font-medium">{choice.label}</span>
            {choice.more && <span className="text-text-3 text-xs"> {choice.more}</span>}
            <small>{choice.text}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
