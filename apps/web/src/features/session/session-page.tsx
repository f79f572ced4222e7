'use client'

import type { SessionDetail } from '@holdfast/store/contracts'
import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { failureOf } from '#features/api/api-error.ts'
import { sessionQuestion } from '#features/api/questions.ts'
import { writtenRows } from '#features/commands/plan-words.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useLiveStore } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useCopyLink } from '#features/toasts/use-copy.ts'
import { Button } from '#ui/button.tsx'
import { counted } from '#ui/format/number.ts'
import { PageHead } from '#ui/page-head.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { useLate } from '#ui/use-late.ts'
import { CopiesTab } from './copies-tab.tsx'
import { foreseenPlan } from './foreseen-plan.ts'
import { EventsTab, RawTab, WritesTab } from './other-tabs.tsx'
import { ReconcileSheet } from './reconcile-sheet.tsx'
import { SessionHead, useRecheckOf } from './session-head.tsx'
import { type SessionTab, useSessionUrl } from './session-url.ts'

/** The ages of its copies are shown: it is asked as often as they are published. */
const EVERY_MS = 1_000

/** One session: its three copies side by side, and what can be done about it. */
export function SessionPage({ sid }: { sid: string }) {
  const { data, error, refetch, isPending } = useAnswer(sessionQuestion(sid), { everyMs: EVERY_MS })
  useFollowingPatches(sid, () => void refetch())
  const failure = failureOf(error)
  const isNobody = failure?.kind === 'problem' && failure.problem.code === 'not-found'
  const isLate = useLate(isPending)
  if (isNobody && !data) return <NoSession />
  return (
    <>
      {!data && <PageHead title="Session" />}
      <QueryProblem what="Session" error={error} shownAsOf={data?.asOf} onRetry={() => void refetch()} />
      {!data && isLate && !error && <Skeleton />}
      {data && <Known detail={data} />}
    </>
  )
}

/** What the stream says of this session is shown at once. */
function useFollowingPatches(sid: string, ask: () => void): void {
  const live = useLiveStore()
  const latest = useRef(ask)
  useEffect(() => {
    latest.current = ask
  })
  useEffect(
    () =>
      live.onPatch(({ up, rm }) => {
        if (rm.some((each) => each === sid) || up.some((row) => row.sid === sid)) latest.current()
      }),
    [live, sid],
  )
}

function NoSession() {
  return (
    <>
      <PageHead title="Session" />
      <p className="empty">
        <b>No such session.</b> It ended more than ten minutes ago, or never was.{' '}
        <Link className="link" href="/sessions">
          All sessions
        </Link>
      </p>
    </>
  )
}

const BARS = [62, 48, 80, 55, 70, 40, 66, 58] as const

function Skeleton() {
  return (
    <div className="skeleton section grid gap-5" aria-hidden="true">
      {BARS.map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}

function Known({ detail }: { detail: SessionDetail }) {
  const [url, setUrl] = useSessionUrl()
  const copyLink = useCopyLink()
  const open = (): void => void setUrl({ reconcile: 'one' }, { history: 'push' })
  const close = (): void => void setUrl({ reconcile: null })
  const isOpen = url.reconcile === 'one' && detail.closed === null
  useShortcut('close', close, isOpen)
  return (
    <div className="split" data-open={isOpen || undefined}>
      <div className="flex min-w-0 flex-1 flex-col self-stretch">
        <SessionHead detail={detail} isReconciling={isOpen} onReconcile={open} onCopyLink={copyLink} />
        <Tabs detail={detail} current={url.tab} onChange={(tab) => void setUrl({ tab })} />
        {url.tab === 'copies' && <CopiesTab detail={detail} url={url} setUrl={setUrl} />}
        {url.tab === 'writes' && <WritesTab detail={detail} />}
        {url.tab === 'events' && (
          <EventsTab sid={detail.session.sid} empty="Nothing is kept of what happened to this session." />
        )}
        {url.tab === 'history' && (
          <EventsTab
            sid={detail.session.sid}
            types={HISTORY}
            empty="No divergence and no failed write of this session is kept."
          />
        )}
        {url.tab === 'raw' && <RawTab detail={detail} />}
        {!isOpen && detail.closed === null && <BottomBar detail={detail} onReconcile={open} />}
      </div>
      {isOpen && (
        <ReconcileSheet
          detail={detail}
          truth={url.truth}
          onTruth={(truth) => void setUrl({ truth })}
          onCopyLink={copyLink}
          onClose={close}
        />
      )}
    </div>
  )
}

const HISTORY = ['divergence.found', 'divergence.healed', 'flush.failed', 'ownership.moved', 'data-gap'] as const
const TAB_NAMES: Readonly<Record<SessionTab, string>> = {
  copies: 'Copies',
  writes: 'Writes',
  events: 'Events',
  history: 'History',
  raw: 'Raw',
}

function Tabs(props: { detail: SessionDetail; current: SessionTab; onChange: (tab: SessionTab) => void }) {
  const { detail, current, onChange } = props
  const writes = detail.fields.filter(({ pending }) => pending !== null).length
  return (
    <nav className="tabs" aria-label="Session">
      {(['copies', 'writes', 'events', 'history', 'raw'] as const).map((tab) => (
        <button
          key={tab}
          type="button"
          aria-current={tab === current ? 'page' : undefined}
          onClick={() => onChange(tab)}
        >
          {TAB_NAMES[tab]} {tab === 'writes' && writes > 0 && <span className="tab-count">{writes}</span>}
        </button>
      ))}
    </nav>
  )
}

/** What is done most, within reach of a thumb. */
function BottomBar({ detail, onReconcile }: { detail: SessionDetail; onReconcile: () => void }) {
  const recheck = useRecheckOf(detail)
  const off = useCommandsOff()
  const count = writtenRows(foreseenPlan(detail.session.sid, detail.fields, 'owner')).length
  return (
    <div className="bottom-bar">
      <Button icon="recheck" off={off} onClick={recheck}>
        Re-check
      </Button>
      <Button look="primary" off={off} onClick={onReconcile}>
        {count > 0 ? `Reconcile ${counted(count, 'field')}` : 'Reconcile'}
      </Button>
    </div>
  )
}
