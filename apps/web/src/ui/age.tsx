'use client'

import { useNow } from '#features/live/services.tsx'
import { ageText } from './format/duration.ts'
import { timeText } from './format/time.ts'
import { Icon } from './icon.tsx'

/** Sources speak each second: twice of that is fresh, five times is dead. */
const FRESH_MS = 2_000
const DEAD_MS = 5_000

export type Freshness = 'fresh' | 'ageing' | 'dead'

export const freshnessOf = (ageMs: number): Freshness =>
  ageMs > DEAD_MS ? 'dead' : ageMs > FRESH_MS ? 'ageing' : 'fresh'

/** How old a value is, by the console's clock, anew each second. `status`: what its source says; else by the age alone. */
export function Age({ at, status, isBlock = false }: { at: string | null; status?: Freshness; isBlock?: boolean }) {
  const now = useNow()
  if (at === null) return <AgeLabel freshness="dead" text="never read" isBlock={isBlock} />
  const age = now - Date.parse(at)
  const freshness = status ?? freshnessOf(age)
  const text = freshness === 'fresh' ? ageText(age) : `${ageText(age)} old`
  return (
    <AgeLabel
      freshness={freshness}
      text={text}
      isBlock={isBlock}
      title={now > 0 ? `read ${timeText(at)}` : undefined}
    />
  )
}

function AgeLabel(props: { freshness: Freshness; text: string; isBlock: boolean; title?: string | undefined }) {
  const { freshness, text, isBlock, title } = props
  const Tag = isBlock ? 'small' : 'span'
  return (
    <Tag className="age" data-age={freshness === 'fresh' ? undefined : freshness} title={title}>
      {freshness === 'ageing' && <Icon name="clock" size="xs" />}
      <span>{text}</span>
    </Tag>
  )
}

/** `3 s ago`, for what happened. */
export function Ago({ at, className = 'age' }: { at: string | number; className?: string }) {
  const now = useNow()
  const moment = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time
      className={className}
      dateTime={new Date(moment).toISOString()}
      title={now > 0 ? timeText(moment) : undefined}
    >
      {ageText(now - moment)} ago
    </time>
  )
}
