'use client'

import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { EMPTY_HISTORY, edited, type InputHistory, newer, older, remember, type Step } from './input-history.ts'
import { isKeepable } from './play-session.ts'

/** As much as a gateway takes at once without holding lines back, and the longest line that it takes. */
const LINES_MAX = 100
const LINE_BYTES_MAX = 8 * 1024

const KEPT = 'Not connected. What you typed stays here.'

export type CommandField = HTMLTextAreaElement | HTMLInputElement

export interface CommandLineProps {
  field: RefObject<CommandField | null>
  isSecret: boolean
  isConnected: boolean
  send(text: string): 'sent' | 'kept'
  /** PageUp and PageDown: by so many screens, up is negative. */
  onPage(screens: number): void
}

/** The box that is typed in. What cannot be sent stays in it. */
export function CommandLine({ field, isSecret, isConnected, send, onPage }: CommandLineProps) {
  const [text, setText] = useState('')
  const [hint, setHint] = useState<string | null>(null)
  const history = useRef<InputHistory>(EMPTY_HISTORY)

  const submit = (typed: string): boolean => {
    const lines = typed.split('\n')
    const problem = problemOf(lines)
    if (problem !== null) {
      setHint(problem)
      return false
    }
    if (send(typed) === 'kept') {
      setHint(KEPT)
      return false
    }
    setHint(null)
    if (!isSecret) for (const line of lines) if (isKeepable(line)) history.current = remember(history.current, line)
    return true
  }
  const submitBox = (): void => {
    const box = field.current
    if (!box || !submit(box.value)) return
    if (isSecret) box.value = ''
    else setText('')
  }
  const type = (typed: string): void => {
    setText(typed)
    setHint(null)
    history.current = edited(history.current)
  }
  const go = (step: Step): void => {
    if (step === null) return
    history.current = step.history
    setText(step.text)
  }
  const press = (line: QuickKey): void => {
    if (line.kind === 'older') go(older(history.current, text))
    else if (line.kind === 'send') submit(line.text)
    else type(`${line.text} ${text}`)
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<CommandField>): void => {
    const act = actionOf(event)
    if (act === null) return
    event.preventDefault()
    if (act === 'send') submitBox()
    else if (act === 'page-up') onPage(-1)
    else if (act === 'page-down') onPage(1)
    else go((act === 'older' ? older : newer)(history.current, text))
  }

  return (
    <form
      className="play-command"
      onSubmit={(event) => {
        event.preventDefault()
        submitBox()
      }}
    >
      <p className="play-hint" role="status">
        {hint === KEPT && isConnected ? null : hint}
      </p>
      <div className="play-box">
        <label className="play-label" htmlFor="command">
          <span aria-hidden="true">{isSecret ? 'Password' : '>'}</span>
          <span className="sr-only">{isSecret ? 'Password' : 'Command'}</span>
        </label>
        {isSecret ? (
          <SecretField field={field} onKeyDown={onKeyDown} />
        ) : (
          <TextField field={field} text={text} onType={type} onKeyDown={onKeyDown} />
        )}
        <span className="play-keys-hint" aria-hidden="true">
          <kbd className="kbd">↑</kbd>history <kbd className="kbd">Shift ↵</kbd>new line
        </span>
        <Button
          type="submit"
          look="primary"
          size="lg"
          icon="arrow"
          aria-label="Send"
          data-away={!isConnected || undefined}
        />
      </div>
      {!isSecret && <QuickKeys onPress={press} />}
    </form>
  )
}

function problemOf(lines: readonly string[]): string | null {
  if (lines.length > LINES_MAX)
    return `${lines.length} lines are too many at once: ${LINES_MAX} can be sent. Nothing was.`
  const bytes = Math.max(...lines.map((line) => new TextEncoder().encode(line).length))
  return bytes > LINE_BYTES_MAX
    ? `A line has ${bytes} bytes; the game takes ${LINE_BYTES_MAX}. Nothing was sent.`
    : null
}

type Action = 'send' | 'older' | 'newer' | 'page-up' | 'page-down'

function actionOf(event: KeyboardEvent<CommandField>): Action | null {
  const { key, shiftKey, altKey, ctrlKey, metaKey, nativeEvent, currentTarget } = event
  // Enter chooses among an input method's proposals, then.
  if (nativeEvent.isComposing || altKey || ctrlKey || metaKey) return null
  if (key === 'Enter' && !shiftKey) return 'send'
  if (key === 'PageUp') return 'page-up'
  if (key === 'PageDown') return 'page-down'
  if (shiftKey || currentTarget.type === 'password') return null
  const { value, selectionStart, selectionEnd } = currentTarget
  // Amid several lines the arrows go from line to line.
  if (key === 'ArrowUp' && !value.slice(0, selectionStart ?? 0).includes('\n')) return 'older'
  if (key === 'ArrowDown' && !value.slice(selectionEnd ?? 0).includes('\n')) return 'newer'
  return null
}

interface FieldProps {
  field: RefObject<CommandField | null>
  onKeyDown(event: KeyboardEvent<CommandField>): void
}

interface TextFieldProps extends FieldProps {
  text: string
  onType(text: string): void
}

function TextField({ field, text, onType, onKeyDown }: TextFieldProps) {
  const own = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const box = own.current
    field.current = box
    if (!box) return
    box.style.height = 'auto'
    // As high as its text; play.css has the most.
    if (text !== '') box.style.height = `${box.scrollHeight}px`
  }, [field, text])
  useFocusOnChange(own)
  return (
    <textarea
      ref={own}
      id="command"
      className="play-field"
      rows={1}
      value={text}
      onChange={(event) => onType(event.target.value)}
      onKeyDown={onKeyDown}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck
      enterKeyHint="send"
    />
  )
}

/** Masked, and kept nowhere: not in the history, not with what was being typed before, not after it is gone. */
function SecretField({ field, onKeyDown }: FieldProps) {
  const own = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    field.current = own.current
  }, [field])
  useFocusOnChange(own)
  return (
    <input
      ref={own}
      id="command"
      className="play-field"
      type="password"
      onKeyDown={onKeyDown}
      autoComplete="current-password"
      autoCapitalize="off"
      enterKeyHint="send"
    />
  )
}

/** The new field takes the focus of the one that it replaces, and of nothing else. */
function useFocusOnChange(own: RefObject<CommandField | null>): void {
  useLayoutEffect(() => {
    if (document.activeElement === document.body) own.current?.focus({ preventScroll: true })
  }, [own])
}

type QuickKey = { kind: 'older' } | { kind: 'send' | 'begin'; text: string }

const QUICK_KEYS: readonly QuickKey[] = [
  { kind: 'send', text: 'look' },
  { kind: 'begin', text: 'say' },
  { kind: 'begin', text: 'pose' },
  { kind: 'begin', text: 'page' },
  { kind: 'send', text: 'WHO' },
]

/** What is long to type on a phone. Shown where there is no keyboard of keys (play.css). */
function QuickKeys({ onPress }: { onPress(key: QuickKey): void }) {
  return (
    <fieldset className="play-quick" aria-label="Often typed">
      <Button
        size="lg"
        icon="up"
        aria-label="Earlier command"
        onPointerDown={keepKeyboard}
        onClick={() => onPress({ kind: 'older' })}
      />
      {QUICK_KEYS.map((key) => (
        <Button
          key={'text' in key ? key.text : key.kind}
          size="lg"
          onPointerDown={keepKeyboard}
          onClick={() => onPress(key)}
        >
          {'text' in key && key.text}
        </Button>
      ))}
    </fieldset>
  )
}

/** A press that took the focus would put the keyboard of a phone away. */
const keepKeyboard = (event: { preventDefault(): void }): void => event.preventDefault()
