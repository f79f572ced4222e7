import type { Command, PlanRow } from '@holdfast/store/contracts'
import { cutText } from '#features/session/cut-text.ts'
import { SessionName } from '#features/sessions/session-name.tsx'
import { countText } from '#ui/format/number.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { COPY_NAMES } from '#ui/states.ts'

const SHOWN_MAX = 200
const words = (value: unknown): string =>
  value === null || value === undefined
    ? 'absent'
    : cutText(visibleText(typeof value === 'string' ? value : JSON.stringify(value)))

/** What a reconcile writes, or leaves, session by session. */
export function PlanRows({ rows, targets = [] }: { rows: readonly PlanRow[]; targets?: Command['targets'] }) {
  return (
    <>
      <table className="plan">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">Field</th>
            <th scope="col">In</th>
            <th scope="col">Before, then after</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_MAX).map(({ sid, field, to, before, after, skipped }) => (
            <tr key={`${sid} ${field} ${to}`}>
              <td style={{ fontFamily: 'var(--font-sans)' }}>
                <SessionName sid={sid} row={targets.find((target) => target.sid === sid)} />
              </td>
              <td>{field === '*' ? 'the whole record' : visibleText(field)}</td>
              <td>{COPY_NAMES[to]}</td>
              <td>
                <span className="plan-before" data-absent={before === null || undefined}>
                  {words(before)}
                </span>
                <span className="plan-after">
                  {skipped === undefined ? words(after) : `left alone: ${visibleText(skipped)}`}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN_MAX && <p className="text-text-3 text-xs">{countText(rows.length - SHOWN_MAX)} more.</p>}
    </>
  )
}
