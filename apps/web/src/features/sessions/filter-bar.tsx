'use client'

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import {
  type FilterWord,
  isWhole,
  problemOfWord,
  type Suggestion,
  suggestionsFor,
  textOfWords,
  wordsOf,
} from './filter-text.ts'

export interface FilterBarProps {
  value: string
  /** Called with a filter that means something; what is still being typed is left out. */
  onChange: (filter: string) => void
  /** What the console did not understand. */
  refused: { raw: string; problem: string } | null
  /** Names of processes, to be offered. */
  names: Readonly<Record<string, readonly string[]>>
}

const DEBOUNCE_MS = 150

/** The filter as words that can be changed one by one, and a field for the next. */
export function FilterBar({ value, onChange, refused, names }: FilterBarProps) {
  const [typed, setTyped] = useState('')
  /** The word in `value` that stands for what is being typed: the next letter makes it another one, not one more. */
  const [told, setTold] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const helpId = useId()
  const kept = wordsOf(value)
  const live = typedWord(typed)
  const chips = told !== null && kept.at(-1)?.raw === told ? kept.slice(0, -1) : kept
  const problem = [...chips, ...(live ? [live] : [])].map(problemOfWord).find((each) => each !== null) ?? null
  const send = (words: readonly { raw: string }[]): void => onChange(textOfWords(words))

  useShortcut('search', () => input.current?.focus())
  useShortcut('filter', () => input.current?.focus())
  useTypedFilter(typed, chips, value, (filter, word) => {
    setTold(word)
    onChange(filter)
  })

  const commit = (raw: string): void => {
    setTyped('')
    setTold(null)
    if (raw.trim() !== '') send([...chips, ...wordsOf(raw)])
  }
  const change = (text: string): void => {
    if (/\s$/.test(text) && text.trim() !== '' && isWholeText(text.trim())) commit(text.trim())
    else setTyped(text)
  }
  const edit = (word: FilterWord): void => {
    send(chips.filter((each) => each !== word))
    setTyped(word.raw)
    setTold(null)
    input.current?.focus()
  }
  const wrong = problem ?? (refused && `${refused.raw}: ${refused.problem}`)
  return (
    <search className="relative flex min-w-0 flex-1 flex-col">
      <div className="tokens" data-bad={wrong !== null || undefined}>
        <Icon name="search" size="s" />
        {chips.map((word, index) => (
          <Token
            // biome-ignore lint/suspicious/noArrayIndexKey: the same word may be there twice
            key={`${index} ${word.raw}`}
            word={word}
            isBad={problemOfWord(word) !== null || refused?.raw === word.raw}
            onEdit={() => edit(word)}
            onRemove={() => send(chips.filter((each) => each !== word))}
          />
        ))}
        <TypingField
          input={input}
          typed={typed}
          names={names}
          hasProblem={wrong !== null}
          describedBy={helpId}
          onType={change}
          onCommit={commit}
          onBack={() => {
            const last = chips.at(-1)
            if (last) edit(last)
          }}
        />
        <kbd className="kbd max-lg:hidden">/</kbd>
      </div>
      <p id={helpId} aria-live="polite" className={wrong === null ? 'sr-only' : 'mt-1 text-danger-fg text-xs'}>
        {wrong ?? 'A name, a host, a handle, or a key and a value such as state:drifted. Space ends a word.'}
      </p>
    </search>
  )
}

const isWholeText = (text: string): boolean => wordsOf(text).every(isWhole)

function typedWord(typed: string): FilterWord | null {
  const words = wordsOf(typed.trim())
  return words.length === 1 && words[0] !== undefined && isWhole(words[0]) ? words[0] : null
}

/** The list follows what is being typed as soon as it means something; `tell` has it as the last word of the filter, null for none. */
function useTypedFilter(
  typed: string,
  chips: readonly FilterWord[],
  value: string,
  onTyped: (filter: string, word: string | null) => void,
): void {
  const latest = useRef({ chips, value, onTyped })
  useEffect(() => {
    latest.current = { chips, value, onTyped }
  })
  useEffect(() => {
    const timer = setTimeout(() => {
      const { chips: words, value: now, onTyped: tell } = latest.current
      const word = typedWord(typed)
      const next = textOfWords(word ? [...words, word] : words)
      if (next !== now) tell(next, word?.raw ?? null)
    }, DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [typed])
}

function Token(props: { word: FilterWord; isBad: boolean; onEdit: () => void; onRemove: () => void }) {
  const { word, isBad, onEdit, onRemove } = props
  const head = word.key === null ? '' : `${word.isNegated ? '-' : ''}${word.key}:`
  const raw = visibleText(word.raw)
  return (
    <span className="token" data-bad={isBad || undefined}>
      <button type="button" onClick={onEdit} title={raw} aria-label={`Change ${raw}`}>
        <i>{head}</i>
        {word.key === null ? raw : visibleText(word.value)}
      </button>
      <button type="button" onClick={onRemove} aria-label={`Remove ${raw}`}>
        <Icon name="close" size="xs" />
      </button>
    </span>
  )
}

interface TypingFieldProps {
  input: React.RefObject<HTMLInputElement | null>
  typed: string
  names: FilterBarProps['names']
  hasProblem: boolean
  describedBy: string
  onType: (text: string) => void
  onCommit: (raw: string) => void
  onBack: () => void
}

function TypingField(props: TypingFieldProps) {
  const { input, typed, names, hasProblem, describedBy, onType, onCommit, onBack } = props
  const [chosen, setChosen] = useState(-1)
  const [isOpen, setIsOpen] = useState(false)
  const listId = useId()
  const found = isOpen ? suggestionsFor(typed, names) : []
  const take = ({ raw }: Suggestion): void => {
    setChosen(-1)
    if (raw.endsWith(':')) onType(raw)
    else onCommit(raw)
  }
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    const picked = found[chosen]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') picked ? take(picked) : onCommit(typed)
    else if (event.key === 'Tab' && picked) take(picked)
    else if (event.key === 'Escape' && found.length > 0) setIsOpen(false)
    else if (event.key === 'Escape') input.current?.blur()
    else if (event.key === 'Backspace' && typed === '') onBack()
    else if (step !== undefined && found.length > 0) setChosen((chosen + step + found.length) % found.length)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <input
        ref={input}
        role="combobox"
        aria-label="Filter sessions"
        aria-describedby={describedBy}
        aria-invalid={hasProblem || undefined}
        aria-expanded={found.length > 0}
        aria-controls={listId}
        aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="name, host, handle or a key such as state:"
        value={typed}
        onChange={(event) => {
          setIsOpen(true)
          setChosen(-1)
          onType(event.target.value)
        }}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={onKey}
      />
      <div id={listId} role="listbox" aria-label="Suggestions" className="suggestions" hidden={found.length === 0}>
        {found.map((suggestion, index) => (
          <div
            key={suggestion.raw}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="palette-item"
            // Before the field loses focus, which would close the list.
            onMouseDown={(event) => {
              event.preventDefault()
              take(suggestion)
            }}
          >
            <span className="mono text-xs">{suggestion.raw}</span>
            <span className="text-text-3 text-xs">{suggestion.hint}</span>
          </div>
        ))}
      </div>
    </>
  )
}
