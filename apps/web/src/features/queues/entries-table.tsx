'use client'

import type { QueueEntry, SessionRow } from '@holdfast/store/contracts'
import Link from 'next/link'
import { Fragment, useState } from 'react'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useNow } from '#features/live/services.tsx'
import { allFieldsText, fieldsText } from '#features/sessions/fields-text.ts'
import { SessionName } from '#features/sessions/session-name.tsx'
import { useRowsOf } from '#features/sessions/use-rows-of.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { Button } from '#ui/button.tsx'
import { ageText, figureSpan } from '#ui/format/duration.ts'
import { counted, countText } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { preciseTimeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import { TableBox } from '#ui/table-box.tsx'
import type { ManyEntries } from './many-entries-dialog.tsx'
import { type ErrorGroup, groupsOf } from './queue-groups.ts'

interface EntriesTableProps {
  entries: readonly QueueEntry[]
  isGrouped: boolean
  retryOff: string | null
  onMany: (many: ManyEntries) => void
}

const SHOWN_AT_FIRST = 25
const SHOWN_MORE = 100

/** Whose fields wait, since when, how often they were tried. */
export function EntriesTable({ entries, isGrouped, retryOff, onMany }: EntriesTableProps) {
  return (
    <TableBox label="Entries">
      <table className="table" style={{ minWidth: 900 }}>
        <colgroup>
          <col style={{ width: 64 }} />
          <col style={{ width: 250 }} />
          <col />
          <col style={{ width: 130 }} />
          <col style={{ width: 82 }} />
          <col style={{ width: 92 }} />
          <col style={{ width: 130 }} />
          <col style={{ width: 120 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Entry</span>
            </th>
            <th scope="col">Session</th>
            <th scope="col">Fields</th>
            <th scope="col">Waiting since</th>
            <th scope="col" className="end">
              Attempts
            </th>
            <th scope="col" className="end">
              Next try
            </th>
            <th scope="col" className="end">
              <span className="sr-only">Do</span>
            </th>
            <th scope="col">Process</th>
          </tr>
        </thead>
        {isGrouped ? (
          groupsOf(entries).map((group) => (
            <Group key={group.fingerprint} group={group} retryOff={retryOff} onMany={onMany} />
          ))
        ) : (
          <tbody>
            <Entries entries={entries} retryOff={retryOff} isInner={false} />
          </tbody>
        )}
      </table>
    </TableBox>
  )
}

interface GroupProps extends Omit<EntriesTableProps, 'entries' | 'isGrouped'> {
  group: ErrorGroup
}

function Group({ group, retryOff, onMany }: GroupProps) {
  const [isOpen, setIsOpen] = useState(group.entries.length <= SHOWN_AT_FIRST)
  const now = useNow()
  const { entries, error, processes, attempts, since, nextAt } = group
  const isDead = entries[0]?.kind === 'dead'
  const [only] = processes
  const type = isDead ? 'drop' : 'retry'
  return (
    <tbody>
      <tr data-group>
        <td>
          <button
            type="button"
            className="grid size-6 place-items-center"
            aria-expanded={isOpen}
            aria-label={isOpen ? 'Fold' : 'Unfold'}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'down' : 'right'} />
          </button>
        </td>
        <td colSpan={2}>
          <span className="mono" title={error === null ? undefined : visibleText(error)}>
            {error === null ? 'no error told' : visibleText(error)}
          </span>
          <span className="ms-3 text-text-2">
            {countText(entries.length)} {entries.length === 1 ? 'entry' : 'entries'}
          </span>
        </td>
        <td className="num">{figureSpan(now - Date.parse(since))}</td>
        <td className="num end">{attempts.min === attempts.max ? attempts.min : `${attempts.min}–${attempts.max}`}</td>
        <td className="num end">{nextAt !== null && nextText(nextAt, now)}</td>
        <td className="end">
          <Button size="s" off={retryOff} onClick={() => onMany({ type: 'retry', entries, of: 'with this error' })}>
            Retry {countText(entries.length)}
          </Button>
        </td>
        <td title={processes.join(', ')}>
          {processes.length === 1 && only !== undefined
            ? processName(only)
            : counted(processes.length, 'process', 'processes')}
          {isDead && <DropButton entries={entries} onMany={onMany} type={type} />}
        </td>
      </tr>
      {isOpen && <Entries entries={entries} retryOff={retryOff} isInner />}
    </tbody>
  )
}

function DropButton({
  entries,
  onMany,
  type,
}: {
  entries: readonly QueueEntry[]
  onMany: (many: ManyEntries) => void
  type: 'drop' | 'retry'
}) {
  const off = useCommandsOff()
  return (
    <span className="ms-2">
      <Button size="s" look="danger" off={off} onClick={() => onMany({ type, entries, of: 'with this error' })}>
        Drop
      </Button>
    </span>
  )
}

const nextText = (at: string, now: number): string => {
  const left = Date.parse(at) - now
  return left > 0 ? ageText(left) : 'now'
}

interface EntriesProps {
  entries: readonly QueueEntry[]
  retryOff: string | null
  isInner: boolean
}

function Entries({ entries, retryOff, isInner }: EntriesProps) {
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const left = entries.length - shown
  const seen = entries.slice(0, shown)
  const rows = useRowsOf(seen.map(({ sid }) => sid))
  return (
    <Fragment>
      {seen.map((entry) => (
        <EntryRow key={entry.entry} entry={entry} row={rows.get(entry.sid)} retryOff={retryOff} isInner={isInner} />
      ))}
      {left > 0 && (
        <tr>
          <td />
          <td colSpan={7} className="dim">
            {countText(left)} more{isInner ? ' with this error' : ''}.{' '}
            <button type="button" className="link" onClick={() => setShown(shown + SHOWN_MORE)}>
              Show the next {Math.min(left, SHOWN_MORE)}
            </button>
          </td>
        </tr>
      )}
    </Fragment>
  )
}

function EntryRow(props: {
  entry: QueueEntry
  row: SessionRow | undefined
  retryOff: string | null
  isInner: boolean
}) {
  const { entry, row, retryOff, isInner } = props
  const now = useNow()
  const toast = useToast()
  const { give } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  const name = row?.player ? visibleText(row.player.name) : `session ${row?.handle ?? entry.sid}`
  return (
    <tr data-inner={isInner || undefined}>
      <td>
        <Link className="link" href={`/queues/${encodeURIComponent(entry.entry)}`}>
          Open
        </Link>
      </td>
      <td>
        <SessionName sid={entry.sid} row={row} />
      </td>
      <td className="mono" title={allFieldsText(entry.fields)}>
        {fieldsText(entry.fields)}
      </td>
      <td className="num">{preciseTimeText(entry.since)}</td>
      <td className="num end">{entry.attempts}</td>
      <td className="num end">{entry.nextAt !== null && nextText(entry.nextAt, now)}</td>
      <td className="end">
        {entry.kind !== 'pending' && (
          <Button size="s" off={retryOff} onClick={() => give({ type: 'retry', target: { entry: entry.entry } }, name)}>
            Retry
          </Button>
        )}
      </td>
      <td className="mono" title={entry.process}>
        {processName(entry.process)}
      </td>
    </tr>
  )
}
