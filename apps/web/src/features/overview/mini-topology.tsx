'use client'

import type { LiveTick } from '@holdfast/store/contracts'
import { roleOf } from '#features/shell/source-figures.ts'
import { processName } from '#ui/format/process-name.ts'

const ROW = 40
const SIZE = { width: 78, height: 24 }

/** Who speaks with whom, small. The page of health has it large, and as a table. */
export function MiniTopology({ tick }: { tick: LiveTick }) {
  const of = (role: 'gateway' | 'server') => tick.sources.filter(({ id }) => roleOf(id) === role)
  const [gateways, servers] = [of('gateway'), of('server')]
  const rows = Math.max(gateways.length, servers.length, 1)
  const height = rows * ROW + 16
  const middle = height / 2
  const y = (index: number, count: number): number => middle + (index - (count - 1) / 2) * ROW
  const silent = [...gateways, ...servers].filter(({ status }) => status === 'dead').map(({ id }) => processName(id))
  const stores = [tick.kafka.up ? '' : 'Kafka', tick.redis.up ? '' : 'Redis'].filter((name) => name !== '')
  const trouble = [...silent.map((id) => `${id} silent`), ...stores.map((name) => `${name} down`)]
  return (
    <svg
      viewBox={`0 0 440 ${height}`}
      className="topology"
      role="img"
      aria-label={`${gateways.length} gateways, Kafka, ${servers.length} servers, Redis: ${trouble.length === 0 ? 'all up' : trouble.join(', ')}`}
    >
      {gateways.map(({ id, status }, index) => (
        <Curve
          key={id}
          from={[79, y(index, gateways.length)]}
          to={[142, middle]}
          isUnknown={status === 'dead'}
          isDown={!tick.kafka.up}
        />
      ))}
      {servers.map(({ id, status }, index) => (
        <g key={id}>
          <Curve
            from={[206, middle]}
            to={[256, y(index, servers.length)]}
            isUnknown={status === 'dead'}
            isDown={!tick.kafka.up}
          />
          <Curve
            from={[334, y(index, servers.length)]}
            to={[382, middle]}
            isUnknown={status === 'dead'}
            isDown={!tick.redis.up}
          />
        </g>
      ))}
      {gateways.map(({ id, status }, index) => (
        <Box
          key={id}
          x={1}
          y={y(index, gateways.length)}
          text={processName(id)}
          look={status === 'dead' ? 'unknown' : 'up'}
          isMono
        />
      ))}
      {servers.map(({ id, status }, index) => (
        <Box
          key={id}
          x={256}
          y={y(index, servers.length)}
          text={processName(id)}
          look={status === 'dead' ? 'unknown' : 'up'}
          isMono
        />
      ))}
      <Box x={142} y={middle} width={64} height={36} text="Kafka" look={tick.kafka.up ? 'up' : 'down'} />
      <Box x={382} y={middle} width={57} height={36} text="Redis" look={tick.redis.up ? 'up' : 'down'} />
    </svg>
  )
}

interface CurveProps {
  from: readonly [number, number]
  to: readonly [number, number]
  isUnknown: boolean
  isDown: boolean
}

function Curve({ from, to, isUnknown, isDown }: CurveProps) {
  const bend = (from[0] + to[0]) / 2
  return (
    <path
      className="topology-edge"
      data-look={isDown ? 'down' : isUnknown ? 'unknown' : undefined}
      d={`M${from[0]} ${from[1]}C${bend} ${from[1]} ${bend} ${to[1]} ${to[0]} ${to[1]}`}
    />
  )
}

interface BoxProps {
  x: number
  /** Of its middle. */
  y: number
  text: string
  look: 'up' | 'unknown' | 'down'
  width?: number
  height?: number
  isMono?: boolean
}

function Box({ x, y, text, look, width = SIZE.width, height = SIZE.height, isMono = false }: BoxProps) {
  return (
    <>
      <rect className="topology-node" data-look={look} x={x} y={y - height / 2} width={width} height={height} rx="3" />
      <text
        x={x + width / 2}
        y={y + 4}
        textAnchor="middle"
        fontFamily={isMono ? 'var(--font-mono)' : undefined}
        fontSize="11"
      >
        {text}
      </text>
    </>
  )
}
