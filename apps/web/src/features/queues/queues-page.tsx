'use client'

import type { QueueEntry, Queues } from '@holdfast/store/contracts'
import { parseAsBoolean, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useState } from 'react'
import { queuesQuestion } from '#features/api/questions.ts'
import { useLive, useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { ageText } from '#ui/format/duration.ts'
import { counted, countText } from '#ui/format/number.ts'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { EntriesTable } from './entries-table.tsx'
import { type ManyEntries, ManyEntriesDialog } from './many-entries-dialog.tsx'
import { ProbeButton } from './probe-button.tsx'
import { QueueCards } from './queue-cards.tsx'

const KINDS = ['pending', 'retrying', 'dead'] as const
const NAMES = { pending: 'Pending', retrying: 'Retrying', dead: 'Dead' } as const

/** Why a retry would do nothing now; null: it would. */
export function useRetryOff(queues: Queues | undefined): string | null {
  const off = useCommandsOff()
  const now = useNow()
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  if (off !== null) return off
  if (!isRedisDown) return null
  const probes = (queues?.processes ?? []).map(({ nextProbeAt }) => nextProbeAt).filter((at) => at !== null)
  const next = probes.length > 0 ? Math.min(...probes.map((at) => Date.parse(at))) - now : null
  return next !== null && next > 0 ? `Redis unreachable, next probe in ${ageText(next)}` : 'Redis unreachable'
}

/** What waits for Redis, at each process; why; and what can be done about it. */
export function QueuesPage() {
  const { data, error, refetch } = useAnswer(queuesQuestion, { everyMs: 1_000 })
  const [url, setUrl] = useQueryStates({
    kind: parseAsStringLiteral(KINDS),
    group: parseAsBoolean.withDefault(true),
  })
  const [many, setMany] = useState<ManyEntries | null>(null)
  const retryOff = useRetryOff(data)
  const entriesOf = (kind: QueueEntry['kind']): readonly QueueEntry[] =>
    (data?.entries ?? []).filter((entry) => entry.kind === kind)
  const sums = sumsOf(data)
  const kind = url.kind ?? (sums.retrying > 0 ? 'retrying' : sums.dead > 0 ? 'dead' : 'pending')
  const shown = entriesOf(kind)
  const retryable = kind === 'pending' ? [] : shown
  return (
    <>
      <PageHead title="Queues">
        <AsOf at={data?.asOf} />
        <PauseButton />
        {data && <ProbeButton queues={data} />}
        {retryable.length > 0 && (
          <>
            {retryOff !== null && <span className="text-text-3 text-xs max-lg:hidden">{retryOff}</span>}
            <Button
              off={retryOff}
              onClick={() => setMany({ type: 'retry', entries: retryable, of: NAMES[kind].toLowerCase() })}
            >
              Retry all {countText(retryable.length)}
            </Button>
          </>
        )}
      </PageHead>
      <QueryProblem what="Queues" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {data ? <QueueCards queues={data} /> : <div className="queue-cards-place" />}
      <nav className="tabs pt-3" aria-label="Queues">
        {KINDS.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === kind ? 'page' : undefined}
            onClick={() => void setUrl({ kind: each })}
          >
            {NAMES[each]}{' '}
            <span className="tab-count" data-look={each === 'dead' && sums.dead > 0 ? 'dead' : undefined}>
              {data && countText(sums[each])}
            </span>
          </button>
        ))}
        <span className="flex-1" />
        <label className="toggle self-center">
          <input
            type="checkbox"
            className="checkbox"
            checked={url.group}
            onChange={() => void setUrl({ group: !url.group })}
          />
          Group by error
        </label>
      </nav>
      {data && shown.length > 0 && (
        <EntriesTable
          entries={shown}
          isGrouped={url.group && kind !== 'pending'}
          retryOff={retryOff}
          onMany={setMany}
        />
      )}
      {data && shown.length === 0 && <NothingWaits kind={kind} count={sums[kind]} />}
      {data && <Meaning queues={data} />}
      {many && <ManyEntriesDialog many={many} onClose={() => setMany(null)} />}
    </>
  )
}

function sumsOf(queues: Queues | undefined): Readonly<Record<QueueEntry['kind'], number>> {
  const sums = { pending: 0, retrying: 0, dead: 0 }
  for (const { pending, retrying, dead } of queues?.processes ?? []) {
    sums.pending += pending
    sums.retrying += retrying
    sums.dead += dead
  }
  // A process's figures and its entries come by different ways: the higher one is not wrong.
  for (const kind of KINDS)
    sums[kind] = Math.max(sums[kind], (queues?.entries ?? []).filter((entry) => entry.kind === kind).length)
  return sums
}

function NothingWaits({ kind, count }: { kind: QueueEntry['kind']; count: number }) {
  if (count > 0)
    return (
      <p className="empty">
        <b>{counted(count, 'entry', 'entries')} counted by their processes.</b> None is listed yet.
      </p>
    )
  const words = {
    pending: 'No write waits for its first try.',
    retrying: 'No write is tried again.',
    dead: 'No write was given up.',
  }
  return (
    <p className="empty">
      <b>{words[kind]}</b>
    </p>
  )
}

/** What the figures mean for players, in the state things are in. */
function Meaning({ queues }: { queues: Queues }) {
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  const dead = queues.entries.filter(({ kind }) => kind === 'dead').length
  if (!isRedisDown && dead === 0) return null
  return (
    <section className="section max-w-[34rem]">
      <h2>What this means now</h2>
      <div className="mt-3 grid gap-1 text-text-2 text-xs">
        {isRedisDown && (
          <>
            <p>
              Nothing is lost: each process holds the waiting values in memory, one entry for each session, and Kafka
              holds what made them.
            </p>
            <p>Players play on. Logins wait up to 1.5 s longer and are told that they are not yet stored.</p>
            <p>An entry is stored as soon as a probe succeeds. Reconcile stays off until then.</p>
          </>
        )}
        {dead > 0 && (
          <p>
            {counted(dead, 'entry', 'entries')} will not be tried again: Redis refuses{' '}
            {dead === 1 ? 'it as it is' : 'them as they are'}. The values stay in memory and are right there; retry once
            the cause is gone, or drop {dead === 1 ? 'it' : 'them'}.
          </p>
        )}
      </div>
    </section>
  )
}
