'use client'

import type { Command } from '@holdfast/store/contracts'
import { SessionName } from '#features/sessions/session-name.tsx'
import { countText } from '#ui/format/number.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { CommandProgress } from './command-progress.tsx'
import { Stepper } from './stepper.tsx'

const OUTCOMES = ['done', 'gone', 'refused', 'no-answer', 'skipped'] as const
const WORDS: Readonly<Record<(typeof OUTCOMES)[number], string>> = {
  done: 'done',
  gone: 'gone already',
  refused: 'refused',
  'no-answer': 'no answer',
  skipped: 'skipped',
}
/** `cancelled: stopped by Mara (#1)` says by itself that it was skipped. */
function outcomeText(outcome: (typeof OUTCOMES)[number], why: string | undefined): string {
  if (why === undefined) return WORDS[outcome]
  return why.startsWith('cancelled') ? visibleText(why) : `${WORDS[outcome]}: ${visibleText(why)}`
}

/** Listed one by one; the others are counted. */
const LISTED_MAX = 100

/** Where a command is and what came of it, session by session. */
export function CommandReport({ command }: { command: Command }) {
  const { results, detail, targets, stop } = command
  const troubles = results.filter(({ outcome, detail: why }) => outcome !== 'done' || why !== undefined)
  return (
    <div className="grid gap-3">
      <Stepper command={command} />
      {detail !== undefined && stop === undefined && (
        <p className="text-text-2">
          <bdi>{visibleText(detail)}</bdi>
        </p>
      )}
      <CommandProgress command={command} />
      <p className="flex flex-wrap gap-x-4 text-xs" role="status">
        {OUTCOMES.map((outcome) => {
          const count = results.filter((result) => result.outcome === outcome).length
          return (
            <span key={outcome} className={count === 0 ? 'text-text-3' : ''}>
              {countText(count)} {WORDS[outcome]}
            </span>
          )
        })}
      </p>
      {troubles.length > 0 && (
        <div className="table-box" style={{ maxHeight: '16rem', overflow: 'auto' }}>
          <table className="plan">
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {troubles.slice(0, LISTED_MAX).map(({ sid, outcome, detail: why }) => (
                <tr key={sid}>
                  <td style={{ fontFamily: 'var(--font-sans)' }}>
                    <SessionName sid={sid} row={targets?.find((target) => target.sid === sid)} />
                  </td>
                  <td>
                    <bdi>{outcomeText(outcome, why)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {troubles.length > LISTED_MAX && (
        <p className="text-text-3 text-xs">{countText(troubles.length - LISTED_MAX)} more with a word to say.</p>
      )}
    </div>
  )
}
