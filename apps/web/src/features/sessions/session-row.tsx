'use client'

import type { Sid } from '@holdfast/store/contracts'
import Link from 'next/link'
import { type MouseEvent, memo, useState } from 'react'
import type { Intent } from '#features/commands/intents.ts'
import { processName } from '#ui/format/process-name.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { PlayerText } from '#ui/player-text.tsx'
import { type CellFacts, type Column, dropsAt } from './columns.tsx'
import { fieldsText } from './fields-text.ts'
import { IntentCell } from './intent-cell.tsx'
import { isShownSame, type KnownRow } from './session-list.ts'
import { unreadCopies } from './source-facts.ts'
import { pinMark, pinStyle } from './table-widths.tsx'

export interface SessionRowProps {
  known: KnownRow
  /** From 0, in all that match. */
  index: number
  columns: readonly Column[]
  /** How many of them stay at the left. */
  pinned: number
  /** An empty cell takes what the columns leave. */
  hasFiller: boolean
  facts: CellFacts
  /** What this wizard is having done to it now. */
  intent: Intent | null
  isSelected: boolean
  isCursor: boolean
  isBeforeCursor: boolean
  onSelect: (index: number, isRange: boolean) => void
  onCursor: (index: number) => void
}

export const rowId = (index: number): string => `session-row-${index}`

/** One session. Drawn anew when something of it changes; what time changes draws itself. */
export const SessionRowLine = memo(function SessionRowLine(props: SessionRowProps) {
  const { known, index, columns, pinned, hasFiller, facts, isSelected, isCursor, isBeforeCursor, onSelect, onCursor } =
    props
  const { row, changed, changes, isGone } = known
  const hasChanged = useChangedHere(row.sid, changes)
  const isLeft = row.status === 'closed' || isGone
  const intent = isLeft ? null : props.intent
  const isLate = intent?.kind === 'late'
  const unread = isLeft ? [] : unreadCopies(row, facts.answering)
  const press = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('a, button, input, label') === null) onCursor(index)
  }
  return (
    <tr
      id={rowId(index)}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-cursor={isCursor || undefined}
      data-before-cursor={isBeforeCursor || undefined}
      data-gone={isLeft || undefined}
      data-late={isLate || undefined}
      onClick={press}
    >
      <td className="cell-select" data-pin={pinned > 0 ? 'on' : undefined}>
        <label className="hit">
          <input
            type="checkbox"
            className="checkbox"
            tabIndex={-1}
            checked={isSelected}
            aria-label={`Select ${visibleText(row.player?.name ?? `session ${row.handle}`)}`}
            onChange={(event) =>
              onSelect(index, event.nativeEvent instanceof PointerEvent && event.nativeEvent.shiftKey)
            }
          />
        </label>
      </td>
      {columns.map((column, at) => {
        const isTinted = hasChanged && column.of.some((field) => changed.has(field))
        const isUnread = unread.some((copy) => copy === column.id) || (isLate && column.id === 'state')
        const isWide = isLate && column.id === 'state' && isBesideCopies(columns, at, pinned)
        if (isLate && column.id === 'copies' && isBesideCopies(columns, at - 1, pinned)) return null
        return (
          <td
            key={column.id}
            className={classesOf(column, isUnread)}
            colSpan={isWide ? 2 : undefined}
            data-tint={isTinted ? (changes % 2 === 0 ? 'even' : 'odd') : undefined}
            data-pin={pinMark(isWide ? at + 1 : at, pinned)}
            style={pinStyle(at, pinned)}
          >
            {column.id === 'player' ? (
              <Player known={known} />
            ) : column.id === 'state' && intent !== null ? (
              <IntentCell row={row} intent={intent} />
            ) : (
              cellOf(column, known, facts, isUnread)
            )}
          </td>
        )
      })}
      {hasFiller && <td className="filler" />}
      <td className="line-two mono">{placeText(known)}</td>
    </tr>
  )
}, isSameLine)

/** Whether the session has changed since it came into this row: what changed before it was scrolled to is no news. */
function useChangedHere(sid: Sid, changes: number): boolean {
  const [came, setCame] = useState({ sid, changes })
  if (came.sid !== sid) setCame({ sid, changes })
  return came.sid === sid && came.changes !== changes
}

/** The list is asked for again all the time, and most rows come back as they were. */
function isSameLine(before: SessionRowProps, after: SessionRowProps): boolean {
  const { known: a, ...rest } = before
  const { known: b, ...others } = after
  return isShownSame(a, b) && isShallowSame(rest, others)
}

const isShallowSame = (a: object, b: object): boolean =>
  Object.entries(a).every(([name, value]) => Object.is(value, Reflect.get(b, name)))

/** What is not known of the copies is said across their column too, where it is the next. */
const isBesideCopies = (columns: readonly Column[], at: number, pinned: number): boolean =>
  columns[at]?.id === 'state' && columns[at + 1]?.id === 'copies' && at < pinned === at + 1 < pinned

const classesOf = ({ className, isEnd, isLess }: Column, isHatched: boolean): string =>
  [className, isEnd && 'end', dropsAt(isLess), isHatched && 'hatched'].filter(Boolean).join(' ')

function cellOf(column: Column, known: KnownRow, facts: CellFacts, isHatched: boolean) {
  const cell = column.cell(known, facts)
  return isHatched ? <span>{cell}</span> : cell
}

function Player({ known: { row } }: { known: KnownRow }) {
  const { player, sid, loginState } = row
  return (
    <Link href={`/sessions/${sid}`} tabIndex={-1} prefetch={false}>
      {player ? (
        <>
          <PlayerText text={player.name} className="name" /> <span className="mono text-text-3">{player.dbref}</span>
        </>
      ) : (
        <span className="name text-text-3">{loginState === 'connected' ? 'not logged in' : 'nobody'}</span>
      )}
    </Link>
  )
}

/** The second line of a row in a narrow window. */
function placeText({ row }: KnownRow): string {
  const parts = [
    String(row.handle),
    row.status === 'detached' || row.gateway === '' ? 'no gateway' : processName(row.gateway),
    row.server === null ? 'no server' : processName(row.server),
    fieldsText(row.drifted),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** Stands where a row will be that has not been told yet. */
export function SkeletonRow({ index, columns, hasFiller }: Pick<SessionRowProps, 'index' | 'columns' | 'hasFiller'>) {
  return (
    <tr aria-rowindex={index + 2} className="skeleton">
      <td className="cell-select" />
      {columns.map(({ id, className, isLess }) => (
        <td key={id} className={[className, dropsAt(isLess)].filter(Boolean).join(' ')}>
          <span style={{ width: `${40 + ((index * 7 + id.length * 13) % 45)}%` }} />
        </td>
      ))}
      {hasFiller && <td className="filler" />}
      <td className="line-two">
        <span style={{ width: '60%' }} />
      </td>
    </tr>
  )
}
