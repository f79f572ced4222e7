'use client'

import type { Command, CommandRequest } from '@holdfast/store/contracts'
import Link from 'next/link'
import { failureOf } from '#features/api/api-error.ts'
import { SessionName } from '#features/sessions/session-name.tsx'
import { counted } from '#ui/format/number.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { PageHead } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { AgainButtons } from './again-buttons.tsx'
import { useCommand } from './command-desk.tsx'
import { CommandReport } from './command-report.tsx'
import { VERBS } from './command-words.ts'
import { PlanRows } from './plan-rows.tsx'

/** A command at its address: where it is, what came of it, what it would write or has written. */
export function CommandPage({ id }: { id: string }) {
  const { data, error, refetch } = useCommand(id)
  const failure = failureOf(error)
  const isUnknown = failure?.kind === 'problem' && failure.problem.code === 'not-found'
  if (isUnknown && !data)
    return (
      <>
        <PageHead title="Command" />
        <p className="empty">
          <b>No such command.</b> It is older than what the console remembers, or never was.{' '}
          <Link className="link" href="/audit">
            Audit
          </Link>
        </p>
      </>
    )
  return (
    <>
      <PageHead title={data ? `${VERBS[data.type].do}${data.dryRun ? ' (dry run)' : ''}` : 'Command'} />
      <QueryProblem what="Command" error={error} onRetry={() => void refetch()} />
      {data && (
        <div className="section grid max-w-[52rem] gap-4" style={{ paddingTop: 4 }}>
          <p className="text-text-2">
            By <bdi>{visibleText(data.by)}</bdi>, <TargetWords command={data} />
            {data.truth && `, ${data.truth === 'redis' ? 'Redis is right' : 'each field’s owner is right'}`}.
            {data.reason && (
              <>
                {' '}
                Why: <bdi>{visibleText(data.reason)}</bdi>.
              </>
            )}
          </p>
          {data.text && (
            <p className="text-text-2">
              Text: <q className="mono">{visibleText(data.text)}</q>
            </p>
          )}
          <CommandReport command={data} />
          <AgainButtons command={data} />
          {data.plan && data.plan.length > 0 && <PlanRows rows={data.plan} targets={data.targets} />}
        </div>
      )}
    </>
  )
}

/** One session by its player's name when the command was taken, with its sid. */
function TargetWords({ command }: { command: Command }) {
  const { targets, progress } = command
  const [only] = targets ?? []
  if (!only || progress?.total !== 1) return <bdi>{visibleText(targetText(command))}</bdi>
  return (
    <>
      for <SessionName sid={only.sid} row={only} /> <span className="mono text-text-3">{only.sid}</span>
    </>
  )
}

function targetText({ target, matching }: CommandRequest): string {
  if ('filter' in target) return target.filter === '' ? 'for all sessions' : `for all matching ${target.filter}`
  if ('entry' in target) return `for the entry ${target.entry}`
  if (matching !== undefined)
    return `for the ${counted(target.sids.length, 'session')} that matched ${matching || 'everything'}`
  return target.sids.length === 1 ? `for ${target.sids[0]}` : `for ${counted(target.sids.length, 'session')}`
}
