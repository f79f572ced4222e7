import type { LiveTick } from '@holdfast/store/contracts'

export interface SourceFigure {
  id: 'redis' | 'kafka' | 'gateways' | 'servers'
  label: string
  value: string
  /** `unknown`: some of it does not answer, and may live. */
  look: 'up' | 'unknown' | 'down'
}

/** Processes name themselves by their role: `gateway-...`, `server-...`, or short. */
export const roleOf = (id: string): 'gateway' | 'server' | null => {
  if (/^(gateway|gw)\b/.test(id)) return 'gateway'
  return /^(server|srv)\b/.test(id) ? 'server' : null
}

/**
 * What the strip in the top bar says of everything that the console reads. Null before the first tick; `isDead`: of a tick that
 * nothing has followed, so that how it stands now is not known.
 */
export function sourceFigures(tick: LiveTick | null, isDead = false): readonly SourceFigure[] | null {
  if (!tick) return null
  if (isDead) return UNKNOWN_FIGURES
  const { redis, kafka } = tick
  return [
    {
      id: 'redis',
      label: 'Redis',
      value: redis.up ? `${(redis.pingMs ?? 0).toFixed(1)} ms` : 'down',
      look: redis.up ? 'up' : 'down',
    },
    {
      id: 'kafka',
      label: kafka.up ? 'Kafka lag' : 'Kafka',
      value: kafka.up ? String(kafka.lag ?? 0) : 'down',
      look: kafka.up ? 'up' : 'down',
    },
    processes('gateways', 'Gateways', tick, 'gateway'),
    processes('servers', 'Servers', tick, 'server'),
  ]
}

const UNKNOWN = { value: 'unknown', look: 'unknown' } as const
const UNKNOWN_FIGURES: readonly SourceFigure[] = [
  { id: 'redis', label: 'Redis', ...UNKNOWN },
  { id: 'kafka', label: 'Kafka', ...UNKNOWN },
  { id: 'gateways', label: 'Gateways', ...UNKNOWN },
  { id: 'servers', label: 'Servers', ...UNKNOWN },
]

function processes(
  id: 'gateways' | 'servers',
  label: string,
  { sources, kafka }: LiveTick,
  role: 'gateway' | 'server',
): SourceFigure {
  const all = sources.filter((source) => roleOf(source.id) === role)
  const up = all.filter(({ status }) => status !== 'dead').length
  // They are heard by way of Kafka: without it their silence tells nothing of them.
  if (!kafka.up) return { id, label, value: 'unknown', look: 'unknown' }
  const look = up === all.length && up > 0 ? 'up' : up === 0 ? 'down' : 'unknown'
  return { id, label, value: all.length === 0 ? 'none' : `${up}/${all.length}`, look }
}
