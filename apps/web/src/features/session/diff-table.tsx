'use client'

import { COPIES, type Copy, type Field, type SessionDetail } from '@holdfast/store/contracts'
import Link from 'next/link'
import { Fragment, memo } from 'react'
import { useNow } from '#features/live/services.tsx'
import { Age } from '#ui/age.tsx'
import { ageText } from '#ui/format/duration.ts'
import { timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import { StateChip } from '#ui/state-chip.tsx'
import { COPY_NAMES, COPY_WORDS } from '#ui/states.ts'
import type { Piece } from './diff-text.ts'
import { cellsOf, type DiffCell, rowSentence } from './field-cells.ts'
import type { FieldGroup } from './field-groups.ts'
import type { ValueOptions } from './field-value.ts'

interface DiffTableProps {
  detail: SessionDetail
  groups: readonly FieldGroup[]
  isRaw: boolean
  /** The field that `n` came to. */
  current: string | null
}

export const fieldRowId = (name: string): string => `field-${name}`

/** Three copies side by side, field by field; what does not agree is what has colour. */
export function DiffTable({ detail, groups, isRaw, current }: DiffTableProps) {
  const now = useNow()
  const day = new Date(now).toDateString()
  return (
    <table className="diff">
      <caption className="sr-only">What each copy says, field by field</caption>
      <colgroup>
        <col style={{ width: 158 }} />
        <col style={{ width: 88 }} />
        <col />
        <col />
        <col />
        <col style={{ width: 112 }} />
        <col style={{ width: 92 }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Owner</th>
          {COPIES.map((copy) => (
            <th key={copy} scope="col">
              {COPY_NAMES[copy]}
              <Age at={readAtOf(detail.fields, copy)} isBlock />
            </th>
          ))}
          <th scope="col">State</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      {groups.map(({ name, fields }) => (
        <Fragment key={name}>
          <tbody className="diff-group">
            <tr>
              <th colSpan={7} scope="rowgroup">
                {name}
              </th>
            </tr>
          </tbody>
          <tbody>
            {fields.map((field) => (
              <FieldRow key={field.name} field={field} isRaw={isRaw} isCurrent={field.name === current} day={day} />
            ))}
          </tbody>
        </Fragment>
      ))}
    </table>
  )
}

/** When a copy was read: the latest of its cells, for all are read at once. Null where it holds nothing. */
function readAtOf(fields: readonly Field[], copy: Copy): string | null {
  let latest: string | null = null
  for (const { cells } of fields) {
    const cell = cells[copy]
    const at = cell.kind === 'not-held' ? null : cell.observedAt
    if (at !== null && (latest === null || at > latest)) latest = at
  }
  return latest
}

/** `day`: moments of today are told without their date. */
const FieldRow = memo(function FieldRow(props: { field: Field; isRaw: boolean; isCurrent: boolean; day: string }) {
  const { field, isRaw, isCurrent, day } = props
  const options: ValueOptions = { isRaw, now: Date.parse(day) }
  const { name, owner, state } = field
  return (
    <tr id={fieldRowId(name)} data-state={state} data-current={isCurrent || undefined}>
      <th scope="row" title={field.redisField === name ? undefined : `in Redis: ${visibleText(field.redisField)}`}>
        {wrapped(visibleText(name))}
        <span className="sr-only">. {rowSentence(field, options)}</span>
      </th>
      <td className="diff-owner">
        <span className="owner" data-owner={owner}>
          {owner}
        </span>
      </td>
      {cellsOf(field, options).map((cell) => (
        <Cell key={cell.copies.join()} cell={cell} />
      ))}
      <td className="diff-state">
        <StateChip state={state} text={state === 'missing' ? 'Missing' : state === 'ghost' ? 'Ghost' : undefined} />
      </td>
      <td className="diff-since">
        <Since at={field.since} />
      </td>
    </tr>
  )
})

/** A long name breaks where a word begins. */
const wrapped = (name: string) =>
  name.split(/(?<=[a-z])(?=[A-Z])/).map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ))

function Since({ at }: { at: string | null }) {
  const now = useNow()
  return at === null ? null : <span className="age">{ageText(now - Date.parse(at))}</span>
}

function Cell({ cell }: { cell: DiffCell }) {
  const { copies, look, content, at, pending } = cell
  const label = copies.length === COPIES.length ? 'all copies' : copies.map((copy) => COPY_WORDS[copy]).join(', ')
  if (content.kind === 'unknown')
    return (
      <td className="cell hatched" colSpan={copies.length} data-label={label} data-look={look}>
        <div className="cell-line">
          <span className="cell-value">
            <bdi className="on-hatch">{content.last ?? 'unknown'}</bdi>
          </span>
        </div>
        <div className="cell-more">
          <span className="on-hatch">
            {content.reason}
            {at === null ? ', never read' : `, read ${timeText(at)}`}
          </span>
        </div>
      </td>
    )
  return (
    <td className="cell" colSpan={copies.length} data-label={label} data-look={look}>
      <div className="cell-line">
        <span className="cell-value">
          <Value content={content} />
        </span>
        {look === 'agree' ? (
          <span className="agree">
            <Icon name="in-sync" size="xs" />
            agree
          </span>
        ) : (
          at !== null && <Age at={at} />
        )}
      </div>
      {(look === 'odd' || look === 'waits') && (
        <div className="cell-more">
          <span className="differs">
            <Icon name={look === 'odd' ? 'drifted' : 'settling'} size="xs" />
            {look === 'odd' ? 'differs' : 'waits'}
          </span>
          {content.kind === 'absent' && <span>read, not there</span>}
        </div>
      )}
      {pending && <PendingWrite pending={pending} />}
    </td>
  )
}

function Value({ content }: { content: Exclude<DiffCell['content'], { kind: 'unknown' }> }) {
  if (content.kind === 'absent') return <span className="absent">absent</span>
  if (content.kind === 'not-held') return <span className="not-held">not held</span>
  return (
    <>
      <bdi>
        <Pieces pieces={content.pieces} />
      </bdi>
      {content.size !== null && (
        <span className="block text-text-3 text-xs">
          {content.size} in all.{' '}
          <Link className="link" href="?tab=raw">
            Show all
          </Link>
        </span>
      )}
    </>
  )
}

/** A piece's place in its text is its name. */
const placed = (pieces: readonly Piece[]): readonly (Piece & { at: number })[] => {
  let at = 0
  return pieces.map((piece) => {
    const place = at
    at += piece.text.length
    return { ...piece, at: place }
  })
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return placed(pieces).map(({ text, isOdd, at }) =>
    isOdd ? (
      <mark key={at} className="mark">
        {text}
      </mark>
    ) : (
      <Fragment key={at}>{text}</Fragment>
    ),
  )
}

/** The write that will bring it: where it waits, how often it was tried, when next. */
function PendingWrite({ pending: { entry, attempts, nextAt, error } }: { pending: NonNullable<DiffCell['pending']> }) {
  const now = useNow()
  const next = nextAt === null ? null : Date.parse(nextAt) - now
  return (
    <div className="pending-write">
      <Link href={`/queues/${encodeURIComponent(entry)}`}>write</Link> pending
      {attempts > 0 && `, attempt ${attempts}`}
      {next !== null && (next > 0 ? `, next in ${ageText(next)}` : ', next now')}
      {error !== null && <span className="block">{visibleText(error)}</span>}
    </div>
  )
}
