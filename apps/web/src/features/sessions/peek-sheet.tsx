'use client'

import Link from 'next/link'
import { sessionQuestion } from '#features/api/questions.ts'
import { OneCommandButton } from '#features/commands/one-popover.tsx'
import { nameOfRow } from '#features/commands/scope.ts'
import { useAnswer } from '#features/live/use-answer.ts'
import { PlayerText } from '#ui/player-text.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { Sheet } from '#ui/sheet.tsx'
import { StateChip } from '#ui/state-chip.tsx'
import { ConnectedFor } from './row-ages.tsx'

/** A session beside the list, in the few lines that decide whether to open it. */
export function PeekSheet({ sid, onClose }: { sid: string; onClose: () => void }) {
  const { data, error, refetch } = useAnswer(sessionQuestion(sid), { everyMs: 1_000 })
  const row = data?.session
  return (
    <Sheet
      title={row ? nameOfRow(row) : 'Session'}
      onClose={onClose}
      foot={
        row && (
          <div className="flex items-center gap-2">
            <OneCommandButton type="message" row={row} />
            <OneCommandButton type="disconnect" row={row} />
            <span className="flex-1" />
            <Link className="btn" data-look="primary" href={`/sessions/${sid}`}>
              Open
            </Link>
          </div>
        )
      }
    >
      <QueryProblem what="Session" error={error} onRetry={() => void refetch()} />
      {row && data && (
        <>
          <p>
            <StateChip state={row.state} missingIn={row.missingIn} isSolo />
          </p>
          <dl className="key-values">
            <dt>handle</dt>
            <dd>{row.handle}</dd>
            <dt>player</dt>
            <dd>{row.player?.dbref ?? 'not logged in'}</dd>
            <dt>connected</dt>
            <dd>
              <ConnectedFor at={row.connectedAt} />
            </dd>
            <dt>host</dt>
            <dd>
              <PlayerText text={row.host} />
            </dd>
            <dt>address</dt>
            <dd>{row.ip}</dd>
            <dt>client</dt>
            <dd>{row.client === null ? 'not told' : <PlayerText text={row.client} />}</dd>
            <dt>gateway</dt>
            <dd>{row.gateway}</dd>
            <dt>server</dt>
            <dd>{row.server ?? 'none'}</dd>
            <dt>writes that wait</dt>
            <dd>{row.pending}</dd>
            <dt>drifted fields</dt>
            <dd>{row.drifted.join(', ') || 'none'}</dd>
          </dl>
        </>
      )}
    </Sheet>
  )
}
