'use client'

import type { Field, SessionDetail } from '@holdfast/store/contracts'
import { useEffect } from 'react'
import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { counted } from '#ui/format/number.ts'
import { NARROW, useMedia } from '#ui/use-media.ts'
import { DiffTable, fieldRowId } from './diff-table.tsx'
import { groupsOf, isDifference } from './field-groups.ts'
import type { SessionUrl, SetSessionUrl } from './session-url.ts'

interface CopiesTabProps {
  detail: SessionDetail
  url: SessionUrl
  setUrl: SetSessionUrl
}

/** The diff, what of it is shown, and the way from one difference to the next. */
export function CopiesTab({ detail, url, setUrl }: CopiesTabProps) {
  const isNarrow = useMedia(NARROW)
  const onlyDifferences = url.diff ?? isNarrow
  const chosen = groupsOf(detail.fields, { onlyDifferences, all: url.all, showIgnored: url.ignored })
  const differences = chosen.groups.flatMap(({ fields }) => fields.filter(isDifference)).map(({ name }) => name)
  const at = url.field === null ? -1 : differences.indexOf(url.field)
  const step = (by: number): boolean => {
    if (differences.length === 0) return false
    const next = differences[(Math.max(at, by > 0 ? -1 : 0) + by + differences.length) % differences.length]
    void setUrl({ field: next ?? null })
    return true
  }
  const toggleOnly = (): void => void setUrl({ diff: !onlyDifferences })
  const toggleIgnored = (): void => void setUrl({ ignored: !url.ignored })
  useShortcut('only-differences', toggleOnly)
  useShortcut('show-ignored', toggleIgnored)
  useShortcut('next-difference', () => step(1))
  useShortcut('previous-difference', () => step(-1))
  useEffect(() => {
    if (url.field !== null) document.getElementById(fieldRowId(url.field))?.scrollIntoView({ block: 'nearest' })
  }, [url.field])
  return (
    <>
      <div className="bar" style={{ paddingBlock: 10, gap: 18 }}>
        <Toggle label="Only differences" isOn={onlyDifferences} onChange={toggleOnly} shortcut="d" />
        <Toggle label={`Ignored ${chosen.ignored}`} isOn={url.ignored} onChange={toggleIgnored} />
        <span className="max-lg:hidden">
          <Toggle label="Raw values" isOn={url.raw} onChange={() => void setUrl({ raw: !url.raw })} />
        </span>
        <span className="flex-1" />
        {differences.length > 0 && (
          <button
            type="button"
            className="min-h-6 whitespace-nowrap text-text-3 text-xs tabular-nums"
            onClick={() => step(1)}
          >
            {at === -1
              ? notInSync(chosen.groups.flatMap(({ fields }) => fields))
              : `${at + 1} of ${differences.length}`}{' '}
            <kbd className="kbd max-lg:hidden">n</kbd>
          </button>
        )}
      </div>
      {chosen.groups.length === 0 ? (
        <p className="empty">
          <b>All copies agree.</b> {counted(detail.fields.length, 'field')} read.
        </p>
      ) : (
        <DiffTable detail={detail} groups={chosen.groups} isRaw={url.raw} current={url.field} />
      )}
      <p className="px-6 pt-2.5 pb-6 text-text-3 text-xs max-lg:px-4">
        {chosen.hidden > 0 && `${counted(chosen.hidden, 'more field')} agree in all copies that hold them. `}
        {(chosen.hidden > 0 || url.all) && (
          <button
            type="button"
            className="link"
            onClick={() => void setUrl(url.all && !onlyDifferences ? { all: false } : { all: true, diff: false })}
          >
            {url.all && !onlyDifferences ? 'Show fewer' : 'Show'}
          </button>
        )}
      </p>
    </>
  )
}

function Toggle(props: { label: string; isOn: boolean; onChange: () => void; shortcut?: string }) {
  const { label, isOn, onChange, shortcut } = props
  return (
    <label className="toggle">
      <input type="checkbox" className="checkbox" checked={isOn} onChange={onChange} />
      {label}
      {shortcut && <kbd className="kbd max-lg:hidden">{shortcut}</kbd>}
    </label>
  )
}

/** `4 differences, 2 unknown`: what cannot be read is no difference. */
function notInSync(fields: readonly Field[]): string {
  const unknown = fields.filter(({ state }) => state === 'unknown').length
  const differences = fields.filter(isDifference).length - unknown
  const parts = [differences > 0 ? counted(differences, 'difference') : '', unknown > 0 ? `${unknown} unknown` : '']
  return parts.filter((part) => part !== '').join(', ')
}
