'use client'

import type { SessionDetail } from '@holdfast/store/contracts'
import Link from 'next/link'
import { useIntentFor } from '#features/commands/command-desk.tsx'
import { VERBS } from '#features/commands/command-words.ts'
import { OneCommandButton } from '#features/commands/one-popover.tsx'
import { nameOfRow } from '#features/commands/scope.ts'
import { refusalText, useGiving } from '#features/commands/use-giving.ts'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { CLOSE_WORDS, ConnectedFor, IdleFor } from '#features/sessions/row-ages.tsx'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { useCopy } from '#features/toasts/use-copy.ts'
import { Ago } from '#ui/age.tsx'
import { Button } from '#ui/button.tsx'
import { counted } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { visibleText } from '#ui/format/visible-text.ts'
import { Icon } from '#ui/icon.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { PageTitle } from '#ui/page-title.tsx'
import { StateChip } from '#ui/state-chip.tsx'
import { isDifference } from './field-groups.ts'

interface SessionHeadProps {
  detail: SessionDetail
  /** The sheet that reconciles stands beside it. */
  isReconciling: boolean
  onReconcile: () => void
  onCopyLink: () => void
}

/** Who it is, how it stands, where it is, and what can be done. */
export function SessionHead({ detail, isReconciling, onReconcile, onCopyLink }: SessionHeadProps) {
  const { session, closed } = detail
  const recheck = useRecheckOf(detail)
  const copy = useCopy()
  const off = useCommandsOff()
  const ended = closed ? 'The session has ended.' : null
  const intent = useIntentFor(session.sid)
  useShortcut('recheck', recheck, off === null)
  useShortcut('reconcile', onReconcile, ended === null)
  useShortcut('copy-handle', () => copy(String(session.handle), 'the handle'))
  return (
    <>
      <div className="page-head" style={{ paddingBottom: 4 }}>
        <Link href="/sessions" className="inline-flex min-h-6 items-center text-text-3 hover:underline">
          Sessions
        </Link>
        <span className="text-text-3" aria-hidden="true">
          /
        </span>
        <PageTitle>
          <bdi>{nameOfRow(session)}</bdi>{' '}
          <span className="mono font-normal text-base text-text-3">{session.player?.dbref ?? ''}</span>
        </PageTitle>
        {closed ? <LeftLine at={closed.at} reason={closed.reason} /> : <Standing detail={detail} />}
        {intent !== null && (
          <span className="pill" role="status">
            <Icon name="settling" size="s" />
            {VERBS[intent].doing}
          </span>
        )}
        <span className="flex-1" />
        <span className="flex items-center gap-2 max-lg:hidden">
          <Button icon="recheck" shortcut="r" off={off} onClick={recheck}>
            Re-check
          </Button>
          {!isReconciling && (
            <Button icon="drifted" off={ended ?? off} onClick={onReconcile}>
              Reconcile
            </Button>
          )}
          <OneCommandButton type="message" row={session} off={ended} />
          <OneCommandButton type="disconnect" row={session} off={ended} />
          <MoreMenu detail={detail} onCopyLink={onCopyLink} />
        </span>
      </div>
      <Facts detail={detail} />
    </>
  )
}

function Standing({ detail: { session, fields } }: { detail: SessionDetail }) {
  const { state, missingIn } = session
  const wrong = fields.filter((field) => field.state === state).length
  const isCounted = (state === 'drifted' || state === 'settling') && wrong > 0
  const words = state === 'drifted' ? 'Drifted' : 'Settling'
  return (
    <StateChip
      state={state}
      missingIn={missingIn}
      isSolo
      text={isCounted ? `${words} in ${counted(wrong, 'field')}` : undefined}
    />
  )
}

function LeftLine({ at, reason }: { at: string; reason: string }) {
  return (
    <span className="text-text-3 text-xs">
      left <Ago at={at} />: {CLOSE_WORDS[reason] ?? visibleText(reason)}
    </span>
  )
}

const TRANSPORTS = { telnet: 'telnet', telnets: 'telnet over TLS', websocket: 'web' } as const

function Facts({ detail: { session, asOf, closed } }: { detail: SessionDetail }) {
  const { handle, transport, gateway, server, connectedAt, idleMs, status, pending } = session
  return (
    <div className="bar flex-wrap text-text-2 text-xs" style={{ paddingBlock: '0 var(--space-3)', gap: '4px 16px' }}>
      <span className="mono whitespace-nowrap">{handle}</span>
      <span className="whitespace-nowrap">
        {TRANSPORTS[transport]} {gateway !== '' && 'at '}
        <span className="mono" title={gateway}>
          {processName(gateway)}
        </span>
      </span>
      <span className="whitespace-nowrap">
        {server === null ? (
          'owned by nobody'
        ) : (
          <>
            owned by{' '}
            <span className="mono" title={server}>
              {processName(server)}
            </span>
          </>
        )}
      </span>
      {status === 'detached' && <span className="whitespace-nowrap">detached</span>}
      {!closed && (
        <>
          <span className="whitespace-nowrap tabular-nums">
            connected <ConnectedFor at={connectedAt} />
          </span>
          <span className="whitespace-nowrap tabular-nums">
            idle <IdleFor idleMs={idleMs} at={Date.parse(asOf)} />
          </span>
        </>
      )}
      {pending > 0 && <span className="whitespace-nowrap">{counted(pending, 'field')} on the way to Redis</span>}
    </div>
  )
}

function MoreMenu({ detail, onCopyLink }: { detail: SessionDetail; onCopyLink: () => void }) {
  const copy = useCopy()
  return (
    <Menu label="More" icon="more" look="bare">
      <MenuItem icon="link" shortcut="l" onChoose={onCopyLink}>
        Copy link
      </MenuItem>
      <MenuItem shortcut="y" onChoose={() => copy(String(detail.session.handle), 'the handle')}>
        Copy handle
      </MenuItem>
      <MenuItem onChoose={() => copy(detail.session.sid, 'the session id')}>Copy session id</MenuItem>
      <MenuItem onChoose={() => copy(detail.redis.key, 'the Redis key')}>Copy Redis key</MenuItem>
      <MenuItem onChoose={() => copy(JSON.stringify(detail, null, 2), 'the JSON')}>Copy JSON</MenuItem>
    </Menu>
  )
}

/** Asks gateway, server and Redis for this session again, at once. */
export function useRecheckOf({ session }: SessionDetail): () => void {
  const toast = useToast()
  const { give } = useGiving(
    () => undefined,
    (failure) => toast({ look: 'bad', text: refusalText(failure) }),
  )
  return () => give({ type: 'recheck', target: { sids: [session.sid] } }, nameOfRow(session))
}

export const differencesOf = ({ fields }: SessionDetail): number => fields.filter(isDifference).length
