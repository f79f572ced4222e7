'use client'

import type { HealthReport } from '@holdfast/store/contracts'
import { useId } from 'react'
import { useNow } from '#features/live/services.tsx'
import { ageText } from '#ui/format/duration.ts'
import { counted } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { TableBox } from '#ui/table-box.tsx'
import { type Topology, type TopologyEdge, type TopologyNode, topologyOf } from './topology-shape.ts'

/** Everything in one drawing. Whatever is in it is a row of the table below as well. */
export function TopologyDrawing({ report }: { report: HealthReport }) {
  const now = useNow()
  const hatch = useId()
  const topology = topologyOf(report, {
    nameOf: processName,
    counted,
    heardText: ({ status, observedAt }) => {
      const age = observedAt === null ? 'never' : ageText(now - Date.parse(observedAt))
      return status === 'dead' ? `silent ${age}` : `beat ${age}`
    },
  })
  return (
    <TableBox label="Drawing">
      <svg
        className="topology"
        viewBox={`0 0 ${topology.width} ${topology.height}`}
        role="img"
        aria-label={wordsOf(topology)}
      >
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v5" stroke="var(--color-hatch)" strokeWidth="1" />
          </pattern>
        </defs>
        {topology.edges.map((edge) => (
          <Edge key={`${edge.from} ${edge.to}`} edge={edge} />
        ))}
        {topology.nodes.map((node) => (
          <Node key={node.id} node={node} hatch={hatch} />
        ))}
        {topology.columns.map(({ name, x }) => (
          <text key={name} className="topology-label" x={x} y={topology.height - 4}>
            {name}
          </text>
        ))}
      </svg>
    </TableBox>
  )
}

function Edge({ edge: { path, look, label, at } }: { edge: TopologyEdge }) {
  return (
    <>
      <path className="topology-edge" data-look={look} d={path} />
      {label !== null && (
        <>
          <rect className="topology-ground" x={at.x - 30} y={at.y - 8} width="60" height="16" />
          <text className="topology-line" x={at.x} y={at.y + 4} textAnchor="middle">
            {label}
          </text>
        </>
      )}
    </>
  )
}

function Node({ node: { label, lines, look, x, y, width, height }, hatch }: { node: TopologyNode; hatch: string }) {
  return (
    <>
      <rect className="topology-node" data-look={look} x={x} y={y} width={width} height={height} rx="3" />
      {look === 'unknown' && (
        <rect x={x + 1} y={y + 1} width={width - 2} height={height - 2} rx="2" fill={`url(#${hatch})`} />
      )}
      {look === 'unknown' && (
        <rect x={x + 7} y={y + 7} width={width - 14} height={height - 14} fill="var(--color-unknown-bg)" />
      )}
      <text x={x + 14} y={y + 20} fontWeight="500" fontFamily="var(--font-mono)">
        {label}
      </text>
      {lines.map((line, index) => (
        <text key={line} className="topology-line" x={x + 14} y={y + 37 + index * 16}>
          {line}
        </text>
      ))}
    </>
  )
}

/** The drawing in one sentence. */
function wordsOf({ nodes }: Topology): string {
  const wrong = nodes.filter(({ look }) => look !== 'up')
  const names = nodes.map(({ label }) => label).join(', ')
  return wrong.length === 0
    ? `${names}: all answer`
    : `${names}. ${wrong.map(({ label, lines }) => `${label}: ${lines[0] ?? 'does not answer'}`).join('. ')}`
}
