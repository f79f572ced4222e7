'use client'

import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { Icon, type IconName } from '#ui/icon.tsx'
import {
  type ColumnLayout,
  isPinned,
  placesOf,
  WIDTH_MAX,
  WIDTH_MIN,
  WIDTH_STEP,
  withPin,
  withShown,
  withStep,
  withWidth,
} from './column-layout.ts'
import { COLUMNS, type Column } from './columns.tsx'
import type { LayoutDesk } from './use-column-layout.ts'

/** What can be done to a column, from left to right. */
const DEEDS = ['pin', 'narrower', 'wider', 'left', 'right'] as const
type Deed = (typeof DEEDS)[number]

const LABELS: Readonly<Record<Deed, (label: string) => string>> = {
  pin: (label) => `Pin ${label} at the left`,
  narrower: (label) => `Make ${label} narrower`,
  wider: (label) => `Make ${label} wider`,
  left: (label) => `Move ${label} left`,
  right: (label) => `Move ${label} right`,
}
const ICONS: Readonly<Record<Deed, IconName>> = {
  pin: 'pin',
  narrower: 'narrower',
  wider: 'wider',
  left: 'left',
  right: 'right',
}

/**
 * Every column: whether it is there, whether it stays at the left, how wide it is and where. Arrows go from one to the next and
 * along what can be done; what was done is said.
 */
export function ColumnsList({ desk: { layout, change, isInitial } }: { desk: LayoutDesk }) {
  const box = useRef<HTMLDivElement>(null)
  const [listed, setListed] = useState(() => listedFrom(layout, []))
  const [said, setSaid] = useState('')
  useKeptFocus(box, listed)
  const toggle = (id: string, isShown: boolean): void => change(withShown(layout, id, isShown, COLUMNS))
  const act = (column: Column, deed: Deed): void => {
    const next = done(layout, column, deed, drawnWidth(column.id))
    if (next === layout) return
    change(next)
    // Only what is moved moves here: what is taken away stays to be put back.
    setListed(listedFrom(next, listed))
    setSaid(tellingOf(next, column))
  }
  return (
    <div ref={box} role="dialog" tabIndex={-1} aria-label="Columns" onKeyDown={onArrow}>
      <ul className="columns-list">
        {listed.map((column) => (
          <ColumnLine
            key={column.id}
            column={column}
            layout={layout}
            onToggle={(isShown) => toggle(column.id, isShown)}
            onDeed={(deed) => act(column, deed)}
          />
        ))}
      </ul>
      <hr />
      <button
        type="button"
        className="menu-item"
        data-deed="reset"
        aria-disabled={isInitial || undefined}
        onClick={() => {
          if (isInitial) return
          change(null)
          setListed(COLUMNS)
          setSaid('Columns are as at the start.')
        }}
      >
        As at the start
      </button>
      <p className="sr-only" role="status">
        {said}
      </p>
    </div>
  )
}

interface LineProps {
  column: Column
  layout: ColumnLayout
  onToggle: (isShown: boolean) => void
  onDeed: (deed: Deed) => void
}

function ColumnLine({ column: { id, label }, layout, onToggle, onDeed }: LineProps) {
  const isShown = placesOf(layout).some((place) => place.id === id)
  return (
    <li data-column={id}>
      <label className="toggle">
        <input
          type="checkbox"
          className="checkbox"
          data-deed="show"
          checked={isShown}
          onChange={(event) => onToggle(event.target.checked)}
        />
        {label}
      </label>
      {isShown &&
        DEEDS.map((deed) => {
          const isOn = deed === 'pin' ? isPinned(layout, id) : undefined
          return (
            <button
              key={deed}
              type="button"
              className="deed"
              data-deed={deed}
              aria-label={LABELS[deed](label)}
              title={LABELS[deed](label)}
              aria-pressed={isOn}
              aria-disabled={isDone(layout, id, deed) || undefined}
              onClick={() => onDeed(deed)}
            >
              <Icon name={ICONS[deed]} size="s" />
            </button>
          )
        })}
    </li>
  )
}

/** Those that are shown from left to right, then the others as they were listed, or as the product has them. */
function listedFrom(layout: ColumnLayout, before: readonly Column[]): readonly Column[] {
  const order = placesOf(layout).map(({ id }) => id)
  const shown = order.flatMap((id) => COLUMNS.filter((column) => column.id === id))
  const others = (before.length > 0 ? before : COLUMNS).filter(({ id }) => !order.includes(id))
  return [...shown, ...others]
}

/** Nothing is left to do: a first column goes no further left. */
function isDone(layout: ColumnLayout, id: string, deed: Deed): boolean {
  if (deed === 'left') return withStep(layout, id, -1) === layout
  if (deed === 'right') return withStep(layout, id, 1) === layout
  const width = placesOf(layout).find((place) => place.id === id)?.width
  if (deed === 'narrower') return width === WIDTH_MIN
  return deed === 'wider' && width === WIDTH_MAX
}

function done(layout: ColumnLayout, { id }: Column, deed: Deed, width: number): ColumnLayout {
  if (isDone(layout, id, deed)) return layout
  if (deed === 'pin') return withPin(layout, id, !isPinned(layout, id))
  if (deed === 'left' || deed === 'right') return withStep(layout, id, deed === 'left' ? -1 : 1)
  const own = placesOf(layout).find((place) => place.id === id)?.width ?? width
  return withWidth(layout, id, own + (deed === 'wider' ? WIDTH_STEP : -WIDTH_STEP))
}

/** As wide as it is on the screen, px: what a column that takes what is left has. */
function drawnWidth(id: string): number {
  const head = document.querySelector(`.sessions-table th[data-column="${id}"]`)
  return head?.getBoundingClientRect().width ?? COLUMNS.find((column) => column.id === id)?.width ?? WIDTH_MIN
}

function tellingOf(layout: ColumnLayout, { id, label }: Column): string {
  const places = placesOf(layout)
  const at = places.findIndex((place) => place.id === id)
  const width = places[at]?.width
  const pinned = isPinned(layout, id) ? ', pinned' : ''
  return `${label}: ${at + 1} of ${places.length}${pinned}${width ? `, ${width} px wide` : ''}.`
}

/** A line that moved is another place in the document, where focus does not follow by itself. */
function useKeptFocus(box: React.RefObject<HTMLElement | null>, listed: readonly Column[]): void {
  const last = useRef<HTMLElement | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the order
  useLayoutEffect(() => {
    const held = last.current
    if (held && document.activeElement === document.body) held.focus()
    const note = ({ target }: FocusEvent): void => {
      if (target instanceof HTMLElement) last.current = target
    }
    const element = box.current
    element?.addEventListener('focusin', note)
    return () => element?.removeEventListener('focusin', note)
  }, [listed])
}

const STEPS: Readonly<Record<string, readonly [line: number, along: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** Up and down, around the end, to the same thing of the next column, or to what that has first; left and right along a column. */
function onArrow(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key]
  const from = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-deed]') : null
  if (!step || !from) return
  event.preventDefault()
  const lines = [...event.currentTarget.querySelectorAll('li, [data-deed="reset"]')]
  const at = lines.findIndex((line) => line.contains(from))
  const line = lines[(at + step[0] + lines.length) % lines.length]
  const deeds = line?.matches('[data-deed]') ? [line] : [...(line?.querySelectorAll('[data-deed]') ?? [])]
  const same = deeds.find((each) => each.getAttribute('data-deed') === from.dataset.deed)
  const next = step[1] === 0 ? (same ?? deeds[0]) : deeds[deeds.indexOf(from) + step[1]]
  if (next instanceof HTMLElement) next.focus()
}
