import type { AuditItem } from '@holdfast/store/contracts'
import Link from 'next/link'
import { SessionName } from '#features/sessions/session-name.tsx'
import { visibleText } from '#ui/format/visible-text.ts'

type ScopeOfItem = Pick<AuditItem, 'scope' | 'target' | 'commandId'>

/** Whom or what it was for: one session by its player's name then, with its sid; the rest in the audit's words. */
export function AuditScope({ item: { scope, target, commandId } }: { item: ScopeOfItem }) {
  const words = target === null ? scope : scope.replace(/^1 session: /, '')
  const text = <bdi className={target === null ? undefined : 'mono text-text-3'}>{visibleText(words)}</bdi>
  return (
    <>
      {target !== null && (
        <>
          <SessionName sid={target.sid} row={target} />{' '}
        </>
      )}
      {commandId === null ? (
        text
      ) : (
        <Link className="hover:underline" href={`/commands/${encodeURIComponent(commandId)}`}>
          {text}
        </Link>
      )}
    </>
  )
}

/** The same as one line of text, for a title and a search: control characters shown, nothing else of it kept from turning. */
export const scopeText = ({ scope, target }: Pick<AuditItem, 'scope' | 'target'>): string =>
  visibleText(target?.player ? `${target.player.name} ${target.player.dbref} ${target.handle}, ${scope}` : scope)
