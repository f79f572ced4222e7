'use client'

import type { Queues } from '@holdfast/store/contracts'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Sample } from '#features/live/history.ts'
import { useHistory, useLive, useNow } from '#features/live/services.tsx'
import { tickAge } from '#features/live/tick-age.ts'
import { type SourceFigure, sourceFigures } from '#features/shell/source-figures.ts'
import { Age } from '#ui/age.tsx'
import { figureSpan } from '#ui/format/duration.ts'
import { countText, rateText } from '#ui/format/number.ts'
import { Spark } from './spark.tsx'

interface TileProps {
  href: string
  title: string
  /** When the figure was so. */
  at: string | null
  figure: ReactNode
  word: string
  more: string
  isUnknown?: boolean
  spark: { of: (sample: Sample) => number; label: string }
}

function Tile({ href, title, at, figure, word, more, isUnknown = false, spark }: TileProps) {
  return (
    <Link href={href}>
      <span className="ledger-head">
        <span>{title}</span>
        <Age at={at} />
      </span>
      <span className={isUnknown ? 'figure hatched' : 'figure'}>
        <span className={isUnknown ? 'on-hatch' : ''}>{figure}</span>
        <small className={isUnknown ? 'on-hatch' : ''}>{word}</small>
      </span>
      <span className="figure-more">{more}</span>
      <Spark of={spark.of} label={spark.label} />
    </Link>
  )
}

const SIGNED = new Intl.NumberFormat('en-US', { signDisplay: 'always' })

/** How much more or fewer sessions than when this page began to look, within the hour. */
function useChange(): string {
  const samples = useHistory()
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < 60_000) return 'now'
  const minutes = Math.round((last.at - first.at) / 60_000)
  return `${SIGNED.format(last.sessions - first.sessions)} in ${minutes} min`
}

/** Six figures, each with its own age, each a link to what it counts. One that is not known says so alone. */
export function Tiles({ queues }: { queues: Queues | undefined }) {
  const tick = useLive((state) => state.tick)
  const change = useChange()
  const time = useNow()
  const isDead = tick !== null && tickAge(tick, time) === 'dead'
  const figures = sourceFigures(tick, isDead)
  if (!tick || !figures) return <p className="empty">Reading.</p>
  const { counts, sessions, now, sources } = tick
  const wrong = counts.drifted + counts.missing + counts.ghost
  const seen = (id: string): string | null => sources.find((source) => source.id === id)?.observedAt ?? null
  const [gateways, servers] = [figures.find(({ id }) => id === 'gateways'), figures.find(({ id }) => id === 'servers')]
  const { pending, retrying, dead } = tick.queues
  const oldest = Math.max(0, ...(queues?.processes ?? []).map(({ oldestMs }) => oldestMs))
  const inPerS = (queues?.processes ?? []).reduce((sum, process) => sum + process.inPerS, 0)
  return (
    <div className="ledger overview-tiles">
      <Tile
        href="/sessions"
        title="Sessions"
        at={seen('kafka')}
        figure={countText(sessions)}
        word={change}
        more={`${countText(counts['in-sync'] + counts.ignored)} in sync`}
        isUnknown={isDead || !tick.kafka.up}
        spark={{ of: (sample) => sample.sessions, label: 'Sessions' }}
      />
      <Tile
        href="/divergence"
        title="Divergence"
        at={seen('redis')}
        figure={countText(wrong)}
        word={wrong === counts.drifted ? 'drifted' : 'drifted, missing, ghost'}
        more={`${countText(counts.settling)} settling, ${countText(counts.unknown)} unknown`}
        isUnknown={isDead || !tick.redis.up || !tick.kafka.up}
        spark={{ of: (sample) => sample.wrong, label: 'Wrong sessions' }}
      />
      <Tile
        href="/queues"
        title="Write-behind"
        at={tick.kafka.up ? now : seen('kafka')}
        isUnknown={isDead || !tick.kafka.up}
        figure={countText(pending + retrying)}
        word={oldest > 0 ? `waiting, ${figureSpan(oldest)}` : 'waiting'}
        more={`${countText(retrying)} retrying, ${countText(dead)} dead`}
        spark={{ of: (sample) => sample.waiting, label: 'Writes that wait' }}
      />
      <Tile
        href="/events"
        title="Events"
        at={seen('kafka')}
        figure={tick.kafka.up ? countText(tick.kafka.lag ?? 0) : 'unknown'}
        word={tick.kafka.up ? 'lag of all readers' : 'lag'}
        more={`${countText(tick.lag)} to be read by this console`}
        isUnknown={isDead || !tick.kafka.up}
        spark={{ of: (sample) => sample.lag, label: 'Records to read' }}
      />
      <Tile
        href="/health?at=gateways"
        title="Gateways"
        at={tick.kafka.up ? now : seen('kafka')}
        figure={gateways?.value ?? 'none'}
        word={tick.kafka.up && !isDead ? 'up' : ''}
        more={answering(gateways)}
        isUnknown={gateways?.look !== 'up'}
        spark={{ of: upOf('gateway'), label: 'Gateways that answer' }}
      />
      <Tile
        href="/health?at=servers"
        title="Servers"
        at={tick.kafka.up ? now : seen('kafka')}
        figure={servers?.value ?? 'none'}
        word={tick.kafka.up && !isDead ? 'up' : ''}
        more={queues && tick.kafka.up && !isDead ? `${rateText(inPerS)} writes per s` : answering(servers)}
        isUnknown={servers?.look !== 'up'}
        spark={{ of: upOf('server'), label: 'Servers that answer' }}
      />
    </div>
  )
}

function answering(figure: SourceFigure | undefined): string {
  if (figure?.look === 'up') return 'all answer'
  if (figure?.value === 'unknown') return 'not heard now'
  return figure?.look === 'down' ? 'none answers' : 'some are silent'
}

const STARTS = { gateway: /^(gateway|gw)/, server: /^(server|srv)/ } as const

const upOf =
  (role: 'gateway' | 'server') =>
  ({ sources }: Sample): number =>
    [...sources].filter(([id, status]) => STARTS[role].test(id) && status !== 'dead').length
