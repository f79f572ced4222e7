'use client'

import type { DivergenceItem, Sid } from '@holdfast/store/contracts'
import Link from 'next/link'
import { useNow } from '#features/live/services.tsx'
import { allFieldsText, fieldsText } from '#features/sessions/fields-text.ts'
import { SessionName } from '#features/sessions/session-name.tsx'
import { useRowsOf } from '#features/sessions/use-rows-of.ts'
import { ageText } from '#ui/format/duration.ts'
import { timeText } from '#ui/format/time.ts'
import { StateChip } from '#ui/state-chip.tsx'
import { COPY_WORDS } from '#ui/states.ts'
import { TableBox } from '#ui/table-box.tsx'
import { oddCopies } from './pivots.ts'

interface SessionPivotTableProps {
  items: readonly DivergenceItem[]
  /** Null: nothing is to be selected. */
  selected: ReadonlySet<Sid> | null
  onSelected: (selected: ReadonlySet<Sid>) => void
}

/** Each session that is wrong, or was: since when, why, in what. */
export function SessionPivotTable({ items, selected, onSelected }: SessionPivotTableProps) {
  const now = useNow()
  const rows = useRowsOf(items.map(({ sid }) => sid))
  const toggle = (sid: Sid): void => {
    const next = new Set(selected)
    if (!next.delete(sid)) next.add(sid)
    onSelected(next)
  }
  return (
    <TableBox label="Sessions whose copies differ">
      <table className="table" style={{ minWidth: 900 }}>
        <colgroup>
          {selected && <col style={{ width: 48 }} />}
          <col style={{ width: 230 }} />
          <col style={{ width: 170 }} />
          <col style={{ width: 120 }} />
          <col style={{ width: 130 }} />
          <col />
          <col style={{ width: 110 }} />
          <col style={{ width: 120 }} />
        </colgroup>
        <thead>
          <tr>
            {selected && (
              <th scope="col">
                <label className="hit">
                  <input
                    type="checkbox"
                    className="checkbox"
                    aria-label="Select all"
                    checked={items.length > 0 && items.every(({ sid }) => selected.has(sid))}
                    onChange={({ target }) => onSelected(new Set(target.checked ? items.map(({ sid }) => sid) : []))}
                  />
                </label>
              </th>
            )}
            <th scope="col">Session</th>
            <th scope="col">State</th>
            <th scope="col">Cause</th>
            <th scope="col">Not as its owner</th>
            <th scope="col">Fields</th>
            <th scope="col" className="end">
              Since
            </th>
            <th scope="col">{selected ? <span className="sr-only">Do</span> : 'Healed'}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.sid} ${item.healedAt}`}>
              {selected && (
                <td>
                  <label className="hit">
                    <input
                      type="checkbox"
                      className="checkbox"
                      aria-label={`Select session ${item.handle}`}
                      checked={selected.has(item.sid)}
                      onChange={() => toggle(item.sid)}
                    />
                  </label>
                </td>
              )}
              <td>
                <SessionName sid={item.sid} row={rows.get(item.sid)} />
              </td>
              <td>
                <StateChip state={item.state} missingIn={item.missingIn} />
              </td>
              <td className="dim">{item.cause}</td>
              <td className="dim">{oddText(item)}</td>
              <td className="mono" title={allFieldsText(item.fields.map(({ name }) => name))}>
                {fieldsOf(item)}
              </td>
              <td className="num end">{ageText(now - Date.parse(item.since))}</td>
              <td>
                {item.healedAt === null ? (
                  <Link className="btn" data-size="s" href={`/sessions/${item.sid}?reconcile=one`}>
                    Reconcile
                  </Link>
                ) : (
                  <span className="dim">{timeText(item.healedAt)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

function fieldsOf({ fields, missingIn }: DivergenceItem): string {
  if (missingIn.length > 0) return 'the whole record'
  return fieldsText(fields.filter(({ state }) => state !== 'settling').map(({ name }) => name))
}

function oddText({ fields, missingIn }: DivergenceItem): string {
  const copies = missingIn.length > 0 ? missingIn : [...new Set(fields.flatMap(oddCopies))]
  return copies.map((copy) => COPY_WORDS[copy]).join(', ')
}
