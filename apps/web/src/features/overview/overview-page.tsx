'use client'

import { type Divergence, type LiveTick, STATES, type State } from '@holdfast/store/contracts'
import Link from 'next/link'
import { auditQuestion, divergenceQuestion, queuesQuestion } from '#features/api/questions.ts'
import { isBad } from '#features/audit/audit-page.tsx'
import { AuditScope, scopeText } from '#features/audit/audit-scope.tsx'
import { standingText } from '#features/divergence/standing-words.ts'
import { useLive, useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { Ago } from '#ui/age.tsx'
import { ageText } from '#ui/format/duration.ts'
import { counted, countText } from '#ui/format/number.ts'
import { whenText } from '#ui/format/time.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { StateChip } from '#ui/state-chip.tsx'
import { STATE_WORDS } from '#ui/states.ts'
import { TableBox } from '#ui/table-box.tsx'
import { type Concern, concernsOf } from './attention.ts'
import { ConnectionsChart } from './connections-chart.tsx'
import { MiniTopology } from './mini-topology.tsx'
import { Tiles } from './tiles.tsx'

/** How everything stands, and what needs somebody. */
export function OverviewPage() {
  const tick = useLive((state) => state.tick)
  const queues = useAnswer(queuesQuestion, { everyMs: 2_000 })
  const divergence = useAnswer(divergenceQuestion, { everyMs: 2_000 })
  const audit = useAnswer(auditQuestion({ limit: 50 }), { everyMs: 5_000 })
  const now = useNow()
  const concerns = concernsOf({ tick, divergence: divergence.data, queues: queues.data, audit: audit.data, now })
  return (
    <>
      <PageHead title="Overview">
        <AsOf at={tick?.now} />
        <PauseButton />
      </PageHead>
      <Tiles queues={queues.data} />
      <div className="two">
        <section className="section" aria-labelledby="attention-title">
          <div className="section-head">
            <h2 id="attention-title">Needs attention</h2>
            {divergence.data && <span className="age">checked {ageText(divergence.data.coverage.oldestMs)} ago</span>}
          </div>
          <QueryProblem
            what="Divergence"
            error={divergence.error}
            shownAsOf={divergence.data?.asOf}
            onRetry={() => void divergence.refetch()}
          />
          <ul className="list">
            {divergence.data && concerns.length === 0 && <AllWell divergence={divergence.data} tick={tick} />}
            {!divergence.data && concerns.length === 0 && <li aria-hidden="true" />}
            {concerns.map((concern) => (
              <ConcernLine key={concern.id} concern={concern} />
            ))}
          </ul>
        </section>
        <section className="section" aria-labelledby="states-title">
          <div className="section-head">
            <h2 id="states-title">States</h2>
          </div>
          {tick && <StateStrip tick={tick} />}
        </section>
      </div>
      <div className="two line-above">
        <ConnectionsChart />
        <section className="section" aria-labelledby="topology-title">
          <div className="section-head">
            <h2 id="topology-title">Topology</h2>
            <span className="flex-1" />
            <Link className="link text-xs" href="/health">
              Health
            </Link>
          </div>
          {tick && <MiniTopology tick={tick} />}
        </section>
      </div>
      <LastActions audit={audit} />
    </>
  )
}

function AllWell({ divergence, tick }: { divergence: Divergence; tick: LiveTick | null }) {
  const { coverage, counts } = divergence
  if (tick?.sessions === 0 && tick.redis.up && tick.kafka.up)
    return (
      <li>
        <Icon name="in-sync" />
        <b className="font-medium">No one is connected.</b>
      </li>
    )
  const isKnown = tick?.redis.up === true && tick.kafka.up && counts.unknown === 0 && coverage.checked > 0
  if (!isKnown)
    return (
      <li className="hatched px-2">
        <span className="on-hatch">
          <b>Whether all copies agree is not known now.</b> {standingText(counts)}
        </span>
      </li>
    )
  const wrong = counts.drifted + counts.missing + counts.ghost
  return (
    <li>
      <Icon name={wrong === 0 ? 'in-sync' : 'settling'} />
      <span>
        <b className="font-medium">
          {wrong === 0 ? 'All copies agree.' : `${counted(wrong, 'session')} differ for less than a minute.`}
        </b>{' '}
        <span className="text-text-2">
          {counted(coverage.checked, 'session')} checked {ageText(coverage.oldestMs)} ago.
        </span>
      </span>
    </li>
  )
}

const ICONS = { bad: 'drifted', warn: 'warning', unknown: 'unknown' } as const
const COLOURS = { bad: 'text-drifted-fg', warn: 'text-settling-fg', unknown: 'text-unknown-fg' } as const

function ConcernLine({ concern: { look, text, at, link } }: { concern: Concern }) {
  return (
    <li>
      <span className={COLOURS[look]}>
        <Icon name={ICONS[look]} />
      </span>
      <span className="min-w-0 flex-1 max-lg:basis-48">{text}</span>
      {at !== null && <Ago at={at} />}
      <Link className="btn" href={link.href}>
        {link.label}
      </Link>
    </li>
  )
}

const COLOUR_OF: Readonly<Record<State, string>> = {
  'in-sync': 'var(--color-in-sync-fg)',
  settling: 'var(--color-settling-fg)',
  drifted: 'var(--color-drifted-fg)',
  missing: 'var(--color-missing-fg)',
  ghost: 'var(--color-ghost-fg)',
  unknown: 'var(--color-hatch)',
  ignored: 'var(--color-ignored-fg)',
}

/** All sessions by state, as a strip and in words. */
function StateStrip({ tick: { counts } }: { tick: LiveTick }) {
  const there = STATES.filter((state) => counts[state] > 0)
  const none = STATES.filter((state) => counts[state] === 0 && state !== 'ignored')
  return (
    <>
      <div
        className="strip"
        role="img"
        aria-label={
          there.map((state) => `${STATE_WORDS[state]} ${countText(counts[state])}`).join(', ') || 'no sessions'
        }
      >
        {there.map((state) => (
          <span
            key={state}
            className={state === 'unknown' ? 'hatched' : undefined}
            style={{ flex: counts[state], background: state === 'unknown' ? undefined : COLOUR_OF[state] }}
          />
        ))}
      </div>
      <div className="legend">
        {there.map((state) => (
          <Link key={state} href={`/sessions?filter=state:${state}`} className="hover:underline">
            <StateChip state={state} isSolo />
            <span className="tabular-nums text-text-1">{countText(counts[state])}</span>
          </Link>
        ))}
        {none.length > 0 && (
          <span className="text-text-3">
            {none.map((state) => STATE_WORDS[state]).join(', ')} <span className="tabular-nums">0</span>
          </span>
        )}
      </div>
    </>
  )
}

const ACTIONS = 5

function LastActions({ audit }: { audit: ReturnType<typeof useAnswer<ReturnType<typeof auditQuestion>['schema']>> }) {
  const now = useNow()
  const { data, error, refetch } = audit
  const items = (data?.items ?? []).filter(({ action }) => !/sign in/i.test(action)).slice(0, ACTIONS)
  return (
    <section className="line-above flex-1" aria-labelledby="actions-title">
      <div className="section" style={{ paddingBottom: 8 }}>
        <div className="section-head" style={{ margin: 0 }}>
          <h2 id="actions-title">Last actions</h2>
          <span className="flex-1" />
          <Link className="link text-xs" href="/audit">
            Audit
          </Link>
        </div>
      </div>
      <QueryProblem what="Audit" error={error} onRetry={() => void refetch()} />
      {data && items.length === 0 && <p className="empty">Nothing was done yet.</p>}
      {items.length > 0 && (
        <TableBox label="What was done last">
          <table className="table" style={{ minWidth: 700 }}>
            <colgroup>
              <col style={{ width: 140 }} />
              <col style={{ width: 140 }} />
              <col style={{ width: 230 }} />
              <col />
              <col style={{ width: 190 }} />
            </colgroup>
            <tbody>
              {items.map((item) => {
                const { id, at, who, action, result } = item
                return (
                  <tr key={id}>
                    <td className="num dim">{whenText(at, now)}</td>
                    <td className={who === 'auditor' ? 'dim' : 'name'}>
                      <bdi>{visibleText(who)}</bdi>
                    </td>
                    <td className="text-text-2" title={visibleText(action)}>
                      {visibleText(action)}
                    </td>
                    <td title={scopeText(item)}>
                      <AuditScope item={item} />
                    </td>
                    <td className={isBad(result) ? 'font-medium text-settling-fg' : 'dim'} title={visibleText(result)}>
                      {visibleText(result)}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  )
}
