'use client'

import type { HealthReport } from '@holdfast/store/contracts'
import { parseAsString, useQueryState } from 'nuqs'
import { useEffect } from 'react'
import { healthQuestion } from '#features/api/questions.ts'
import { useCommandDesk } from '#features/commands/command-desk.tsx'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useLive, useNow } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { Age } from '#ui/age.tsx'
import { Button } from '#ui/button.tsx'
import { ageText, clockSpan } from '#ui/format/duration.ts'
import { bytesText, countText, millisText } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { preciseTimeText } from '#ui/format/time.ts'
import { AsOf, PageHead, PauseButton } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { SourceChip } from '#ui/state-chip.tsx'
import { TableBox } from '#ui/table-box.tsx'
import { Beats } from './beats.tsx'
import { TopologyDrawing } from './topology.tsx'

/** What answers, what does not, and since when. */
export function HealthPage() {
  const { data, error, refetch } = useAnswer(healthQuestion, { everyMs: 1_000 })
  const [at] = useQueryState('at', parseAsString)
  const isThere = data !== undefined
  useEffect(() => {
    if (at !== null && isThere) document.getElementById(`health-${at}`)?.scrollIntoView({ block: 'center' })
  }, [at, isThere])
  return (
    <>
      <PageHead title="Health" about={data && <Status report={data} />}>
        <AsOf at={data?.asOf} />
        <PauseButton />
        <RecheckAll />
      </PageHead>
      <QueryProblem what="Health" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {data && (
        <>
          <section className="section" aria-label="Topology" style={{ paddingBlock: 8 }}>
            <TopologyDrawing report={data} />
          </section>
          <ProcessTable report={data} />
          <Links report={data} />
        </>
      )}
    </>
  )
}

function Status({ report: { status, processes, redis, kafka } }: { report: HealthReport }) {
  const silent = kafka.up ? processes.filter((process) => process.status === 'dead') : []
  const troubles = [
    redis.up ? '' : 'Redis down',
    kafka.up ? '' : 'Kafka down',
    silent.length > 0 ? `${silent.map(({ id }) => processName(id)).join(', ')} silent` : '',
  ].filter((trouble) => trouble !== '')
  const words = troubles.length > 0 ? `: ${troubles.join(', ')}` : ''
  if (status === 'up') return <SourceChip state="up" text="Up" isSolo />
  return (
    <SourceChip
      state={status === 'down' ? 'down' : 'unknown'}
      text={`${status === 'down' ? 'Down' : 'Degraded'}${words}`}
    />
  )
}

/** Has all copies of all sessions read again; it takes some seconds, and changes nothing. */
function RecheckAll() {
  const off = useCommandsOff()
  const toast = useToast()
  const { given } = useCommandDesk()
  const { give, isGiving } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  const recheck = (): void => give({ type: 'recheck', target: { filter: '' } }, 'all sessions')
  useShortcut('recheck', recheck, off === null)
  const hasGiven = given.some(({ request }) => request.type === 'recheck' && 'filter' in request.target)
  return (
    <Button icon="recheck" off={off ?? (isGiving ? 'On its way' : null)} onClick={recheck}>
      {hasGiven ? 'Deep re-check again' : 'Deep re-check'}
    </Button>
  )
}

function ProcessTable({ report }: { report: HealthReport }) {
  return (
    <TableBox label="Processes">
      <table className="table" style={{ minWidth: 1_060 }}>
        <colgroup>
          <col />
          <col style={{ width: 90 }} />
          <col style={{ width: 150 }} />
          <col style={{ width: 210 }} />
          <col style={{ width: 104 }} />
          <col style={{ width: 104 }} />
          <col style={{ width: 116 }} />
          <col style={{ width: 124 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Beats, 60 s</th>
            <th scope="col" className="end">
              Sessions
            </th>
            <th scope="col" className="end">
              Partitions
            </th>
            <th scope="col" className="end">
              Up for
            </th>
            <th scope="col" className="end">
              Memory
            </th>
          </tr>
        </thead>
        <tbody>
          {report.processes.map((process, index) => (
            <ProcessRow
              key={process.id}
              process={process}
              isFirst={report.processes.findIndex(({ role }) => role === process.role) === index}
            />
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

/** `isFirst`: links to its role lead to it. */
function ProcessRow(props: { process: HealthReport['processes'][number]; isFirst: boolean }) {
  const { process, isFirst } = props
  const now = useNow()
  const { id, role, status, observedAt, sessions, partitions, uptimeMs, rssBytes } = process
  const isSilent = status === 'dead'
  const age = observedAt === null ? null : now - Date.parse(observedAt)
  const cell = isSilent ? 'num end hatched' : 'num end'
  return (
    <tr id={isFirst ? `health-${role}s` : undefined}>
      <td className="mono" title={id}>
        {id}
      </td>
      <td className="dim">{role}</td>
      <td>
        {isSilent ? (
          <SourceChip state="unknown" text={age === null ? 'never heard' : `silent ${ageText(age)}`} />
        ) : (
          <span className="flex items-center gap-2">
            <SourceChip state="up" text="Up" />
            <Age at={observedAt} status={status} />
          </span>
        )}
      </td>
      <td>
        <Beats id={id} />
      </td>
      <td className={cell}>
        <span>{countText(sessions)}</span>
      </td>
      <td className={role === 'gateway' ? 'num end dim' : cell}>
        <span>{role === 'gateway' ? '–' : countText(partitions)}</span>
      </td>
      <td className={cell}>
        <span>{clockSpan(uptimeMs)}</span>
      </td>
      <td className={cell}>
        <span>{bytesText(rssBytes)}</span>
      </td>
    </tr>
  )
}

/** Redis, Kafka and the console itself, in what is known of them. */
function Links({ report: { redis, kafka, sources } }: { report: HealthReport }) {
  const seen = (id: string) => sources.find((source) => source.id === id)
  const tick = useLive((state) => state.tick)
  const build = useLive((state) => state.build)
  const [redisSource, kafkaSource] = [seen('redis'), seen('kafka')]
  return (
    <div className="three line-above">
      <section className="section" id="health-redis" aria-labelledby="redis-title">
        <div className="section-head">
          <h2 id="redis-title">Redis</h2>
          <Age at={redisSource?.observedAt ?? null} status={redisSource?.status} />
        </div>
        <dl className="key-values">
          <dt>answers</dt>
          <dd>{redis.up ? 'yes' : 'no'}</dd>
          <dt>ping</dt>
          <dd>{redis.pingMs === null ? 'unknown' : `${millisText(redis.pingMs)} ms`}</dd>
          <dt>last answer</dt>
          <dd>{redisSource?.observedAt ? preciseTimeText(redisSource.observedAt) : 'never'}</dd>
        </dl>
      </section>
      <section className="section" id="health-kafka" aria-labelledby="kafka-title">
        <div className="section-head">
          <h2 id="kafka-title">Kafka</h2>
          <Age at={kafkaSource?.observedAt ?? null} status={kafkaSource?.status} />
        </div>
        <dl className="key-values">
          <dt>answers</dt>
          <dd>{kafka.up ? 'yes' : 'no'}</dd>
          <dt>lag of all readers</dt>
          <dd>{kafka.lag === null ? 'unknown' : countText(kafka.lag)}</dd>
          <dt>last answer</dt>
          <dd>{kafkaSource?.observedAt ? preciseTimeText(kafkaSource.observedAt) : 'never'}</dd>
        </dl>
      </section>
      <section className="section" aria-labelledby="console-title">
        <div className="section-head">
          <h2 id="console-title">This console</h2>
        </div>
        <dl className="key-values">
          <dt>behind the log</dt>
          <dd>{tick?.behindMs == null ? 'unknown' : ageText(tick.behindMs)}</dd>
          <dt>records to read</dt>
          <dd>{tick ? countText(tick.lag) : 'unknown'}</dd>
          <dt>sessions it shows</dt>
          <dd>{tick ? countText(tick.sessions) : 'unknown'}</dd>
          <dt>build</dt>
          <dd>{build ?? 'unknown'}</dd>
        </dl>
      </section>
    </div>
  )
}
