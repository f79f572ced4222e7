'use client'

import type { Divergence, DivergenceItem, Sid } from '@holdfast/store/contracts'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useState } from 'react'
import { divergenceQuestion } from '#features/api/questions.ts'
import { ReconcileManyDialog } from '#features/commands/reconcile-many-dialog.tsx'
import type { Scope } from '#features/commands/scope.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useLive } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { ageText } from '#ui/format/duration.ts'
import { counted, countText } from '#ui/format/number.ts'
import { timeText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { FieldPivotTable, PairPivotTable } from './pivot-tables.tsx'
import { SessionPivotTable } from './session-pivot-table.tsx'
import { standingText } from './standing-words.ts'
import { TrendChart } from './trend-chart.tsx'

const PIVOTS = ['session', 'field', 'pair', 'healed'] as const
const NAMES = { session: 'By session', field: 'By field', pair: 'By pair of copies', healed: 'Healed' } as const
const CAUSES = ['content', 'missing', 'ghost', 'rolled-back', 'foreign-write', 'status-skew'] as const

const isOpen = ({ healedAt }: DivergenceItem): boolean => healedAt === null

/** Where copies differ, from several sides, and what puts it right. */
export function DivergencePage() {
  const { data, error, refetch } = useAnswer(divergenceQuestion, { everyMs: 1_000 })
  const [url, setUrl] = useQueryStates({
    by: parseAsStringLiteral(PIVOTS).withDefault('session'),
    cause: parseAsStringLiteral(CAUSES),
    field: parseAsString,
  })
  const [selected, setSelected] = useState<ReadonlySet<Sid>>(new Set())
  const matches = (item: DivergenceItem): boolean =>
    (url.cause === null || item.cause === url.cause) &&
    (url.field === null || item.fields.some(({ name }) => name === url.field))
  const items = (data?.items ?? []).filter(matches)
  const open = items.filter(isOpen)
  const healed = items.filter((item) => !isOpen(item))
  return (
    <>
      <PageHead title="Divergence" about={data && <Coverage data={data} />}>
        <AsOf at={data?.asOf} />
        <PauseButton />
        {data && <ReconcileButton data={data} open={open} selected={selected} onDone={() => setSelected(new Set())} />}
      </PageHead>
      <TrendChart />
      <nav className="tabs line-above" aria-label="Divergence">
        {PIVOTS.map((pivot) => (
          <button
            key={pivot}
            type="button"
            aria-current={pivot === url.by ? 'page' : undefined}
            onClick={() => void setUrl({ by: pivot })}
          >
            {NAMES[pivot]}{' '}
            <span className="tab-count">
              {pivot === 'session' && countText(open.length)}
              {pivot === 'healed' && countText(healed.length)}
            </span>
          </button>
        ))}
      </nav>
      <div className="bar">
        <label className="toggle">
          Cause
          <select
            className="input w-auto"
            value={url.cause ?? ''}
            onChange={({ target }) => void setUrl({ cause: CAUSES.find((cause) => cause === target.value) ?? null })}
          >
            <option value="">any</option>
            {CAUSES.map((cause) => (
              <option key={cause}>{cause}</option>
            ))}
          </select>
        </label>
        {url.field !== null && (
          <span className="token">
            <button
              type="button"
              onClick={() => void setUrl({ field: null })}
              aria-label={`Remove field ${visibleText(url.field)}`}
            >
              <i>field:</i>
              {visibleText(url.field)} ×
            </button>
          </span>
        )}
      </div>
      <QueryProblem what="Divergence" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {data && url.by === 'session' && (
        <>
          {open.length === 0 && <NothingOpen data={data} isFiltered={url.cause !== null || url.field !== null} />}
          {open.length > 0 && <SessionPivotTable items={open} selected={selected} onSelected={setSelected} />}
        </>
      )}
      {data && url.by === 'field' && (
        <FieldPivotTable items={open} onField={(field) => void setUrl({ by: 'session', field })} />
      )}
      {data && url.by === 'pair' && <PairPivotTable items={open} />}
      {data && url.by === 'healed' && <Healed items={healed} />}
    </>
  )
}

/** How much was looked at, and how long ago: nothing found is only worth as much. */
function Coverage({ data: { coverage } }: { data: Divergence }) {
  const { checked, total, oldestMs } = coverage
  const isKafkaDown = useLive(({ tick }) => tick?.kafka.up === false)
  return (
    <span className="text-text-3 text-xs tabular-nums">
      {isKafkaDown && 'what servers check is not heard now'}
      {!isKafkaDown && `${countText(checked)} of ${countText(total)} checked`}
      {!isKafkaDown && checked > 0 && `, the oldest ${ageText(oldestMs)} ago`}
    </span>
  )
}

function NothingOpen({ data, isFiltered }: { data: Divergence; isFiltered: boolean }) {
  const { coverage, counts } = data
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  const isKafkaDown = useLive(({ tick }) => tick?.kafka.up === false)
  if (isFiltered)
    return (
      <p className="empty">
        <b>Nothing matches.</b> Take the cause or the field away to see all.
      </p>
    )
  if (isRedisDown || isKafkaDown || coverage.checked === 0)
    return (
      <p className="empty hatched">
        <span className="on-hatch">
          <b>Whether copies agree is not known now.</b>{' '}
          {isRedisDown
            ? 'Redis is not read.'
            : isKafkaDown
              ? 'Without Kafka no server is heard.'
              : 'No server has audited its sessions yet.'}{' '}
          {standingText(counts)}
        </span>
      </p>
    )
  return (
    <p className="empty">
      <b>All copies agree.</b> {counted(coverage.checked, 'session')} checked {ageText(coverage.oldestMs)} ago.
      {counts.settling > 0 && ` ${countText(counts.settling)} settling.`}
      {counts.unknown > 0 && ` ${countText(counts.unknown)} Unknown.`}
    </p>
  )
}

function Healed({ items }: { items: readonly DivergenceItem[] }) {
  if (items.length === 0)
    return (
      <p className="empty">
        <b>Nothing healed in the last ten minutes.</b>
      </p>
    )
  return <SessionPivotTable items={items} selected={null} onSelected={() => undefined} />
}

const FILTER = 'state:drifted,missing,ghost'

interface ReconcileButtonProps {
  data: Divergence
  open: readonly DivergenceItem[]
  selected: ReadonlySet<Sid>
  onDone: () => void
}

/** Reconciles what is selected, else all that is wrong. */
function ReconcileButton({ data, open, selected, onDone }: ReconcileButtonProps) {
  const [scope, setScope] = useState<Scope | null>(null)
  const commandsOff = useCommandsOff()
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  const chosen = open.filter(({ sid }) => selected.has(sid)).map(({ sid }) => sid)
  const { drifted, missing, ghost } = data.counts
  const all = drifted + missing + ghost
  const off =
    commandsOff ?? (isRedisDown ? 'Redis is unreachable: reconcile is off.' : all === 0 ? 'Nothing is wrong.' : null)
  const begin = (): void => {
    if (off !== null) return
    const named = counted(chosen.length, 'session')
    setScope(
      chosen.length > 0
        ? { target: { sids: chosen }, what: named, sentence: `${chosen.length} selected`, count: chosen.length }
        : {
            target: { filter: FILTER },
            what: counted(all, 'session'),
            sentence: `All ${countText(all)} matching ${FILTER} as of ${timeText(data.asOf)}`,
            count: all,
          },
    )
  }
  useShortcut('reconcile', begin, off === null)
  return (
    <>
      {off !== null && <span className="text-text-3 text-xs max-lg:hidden">{off}</span>}
      <Button icon="drifted" off={off} onClick={begin}>
        {chosen.length > 0 ? `Reconcile ${chosen.length} selected` : `Reconcile all ${countText(all)}`}
      </Button>
      {scope && (
        <ReconcileManyDialog
          scope={scope}
          onClose={() => {
            setScope(null)
            onDone()
          }}
        />
      )}
    </>
  )
}
