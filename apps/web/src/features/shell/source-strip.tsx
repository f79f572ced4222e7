'use client'

import Link from 'next/link'
import { useLive, useNow } from '#features/live/services.tsx'
import { tickAge } from '#features/live/tick-age.ts'
import { Age } from '#ui/age.tsx'
import { ageText } from '#ui/format/duration.ts'
import { Icon } from '#ui/icon.tsx'
import { type SourceFigure, sourceFigures } from './source-figures.ts'

const ICONS = { up: null, unknown: 'unknown', down: 'close' } as const

/** Everything that the console reads, each with how it stands; opens Health at it. */
export function SourceStrip() {
  const tick = useLive((state) => state.tick)
  const now = useNow()
  const age = tick === null ? 'fresh' : tickAge(tick, now)
  const figures = sourceFigures(tick)
  if (!figures || age === 'dead')
    return (
      <ul className="sources" aria-label="Sources">
        <li>
          <Link href="/health" data-look="unknown">
            <span>{tick ? `Sources unknown, ${ageText(now - Date.parse(tick.now))} old` : 'Sources not read yet'}</span>
          </Link>
        </li>
      </ul>
    )
  return (
    <ul className="sources" aria-label="Sources">
      {tick && age !== 'fresh' && (
        <li>
          <Age at={tick.now} status={age} />
        </li>
      )}
      {figures.map((figure) => (
        <li key={figure.id}>
          <Figure figure={figure} />
        </li>
      ))}
    </ul>
  )
}

function Figure({ figure: { id, label, value, look } }: { figure: SourceFigure }) {
  const icon = ICONS[look]
  return (
    <Link href={`/health?at=${id}`} data-look={look}>
      {icon && <Icon name={icon} size="xs" />}
      <span>
        {label} <b>{value}</b>
      </span>
    </Link>
  )
}
