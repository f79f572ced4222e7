'use client'

import { COPIES, type DivergenceItem } from '@holdfast/store/contracts'
import { useNow } from '#features/live/services.tsx'
import { ageText } from '#ui/format/duration.ts'
import { countText } from '#ui/format/number.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { COPY_NAMES } from '#ui/states.ts'
import { TableBox } from '#ui/table-box.tsx'
import { byField, byPair, WHOLE } from './pivots.ts'

const Nothing = () => (
  <p className="empty">
    <b>Nothing differs now.</b>
  </p>
)

/** Copies against fields, with counts. */
export function FieldPivotTable({
  items,
  onField,
}: {
  items: readonly DivergenceItem[]
  onField: (name: string) => void
}) {
  const now = useNow()
  const fields = byField(items)
  if (fields.length === 0) return <Nothing />
  return (
    <TableBox label="Fields that differ">
      <table className="table" style={{ minWidth: 640 }}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col" className="end">
              Sessions
            </th>
            {COPIES.map((copy) => (
              <th key={copy} scope="col" className="end">
                Odd in {COPY_NAMES[copy]}
              </th>
            ))}
            <th scope="col" className="end">
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, sessions, odd, since }) => (
            <tr key={name}>
              <td className="mono">
                {name === WHOLE ? (
                  name
                ) : (
                  <button type="button" className="link" onClick={() => onField(name)}>
                    {visibleText(name)}
                  </button>
                )}
              </td>
              <td className="num end">{countText(sessions)}</td>
              {COPIES.map((copy) => (
                <td key={copy} className={`num end ${odd[copy] === 0 ? 'dim' : ''}`}>
                  {countText(odd[copy])}
                </td>
              ))}
              <td className="num end">{ageText(now - Date.parse(since))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

/** Who is right, who is not, and in what. */
export function PairPivotTable({ items }: { items: readonly DivergenceItem[] }) {
  const pairs = byPair(items)
  if (pairs.length === 0) return <Nothing />
  return (
    <TableBox label="Pairs of copies that differ">
      <table className="table" style={{ minWidth: 640 }}>
        <colgroup>
          <col style={{ width: 160 }} />
          <col style={{ width: 160 }} />
          <col style={{ width: 100 }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Right</th>
            <th scope="col">Differs</th>
            <th scope="col" className="end">
              Sessions
            </th>
            <th scope="col">Fields</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ from, to, sessions, fields }) => (
            <tr key={`${from} ${to}`}>
              <td>{COPY_NAMES[from]}</td>
              <td>{COPY_NAMES[to]}</td>
              <td className="num end">{countText(sessions)}</td>
              <td className="mono">
                {fields.map(({ name, count }) => `${visibleText(name)} ${countText(count)}`).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
