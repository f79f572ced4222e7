import type { HealthReport } from '@holdfast/store/contracts'
import { countText } from '#ui/format/number.ts'

export type Look = 'up' | 'unknown' | 'down'

export interface TopologyNode {
  id: string
  label: string
  lines: readonly string[]
  look: Look
  x: number
  y: number
  width: number
  height: number
}

export interface TopologyEdge {
  from: string
  to: string
  look: Look
  /** What is known of it; none where nothing is told. */
  label: string | null
  path: string
  at: { x: number; y: number }
}

export interface Topology {
  nodes: readonly TopologyNode[]
  edges: readonly TopologyEdge[]
  width: number
  height: number
  /** Above which column each name stands. */
  columns: readonly { name: string; x: number }[]
}

const WIDTH = 1_180
const NODE_HEIGHT = 64
const GAP = 30
const TOP = 18
const COLUMNS = { players: 16, gateways: 246, bus: 508, servers: 758, store: 1_024 } as const
const NODE_WIDTH = { players: 148, gateways: 146, bus: 126, servers: 146, store: 140 } as const

type Process = HealthReport['processes'][number]

const lookOf = ({ status }: Process): Look => (status === 'dead' ? 'unknown' : 'up')

/** `lines` of a process: what it holds, and when it was heard. */
export interface TopologyFacts {
  nameOf: (id: string) => string
  heardText: (process: Process) => string
  counted: (count: number, one: string) => string
}

/** Players, gateways, Kafka, servers, Redis: who speaks with whom, and who does not answer. Positions are fixed by the counts. */
export function topologyOf(report: HealthReport, facts: TopologyFacts): Topology {
  const gateways = report.processes.filter(({ role }) => role === 'gateway')
  const servers = report.processes.filter(({ role }) => role === 'server')
  const rows = Math.max(1, gateways.length, servers.length)
  const height = TOP + rows * (NODE_HEIGHT + GAP) + 24
  const middle = TOP + (rows * (NODE_HEIGHT + GAP) - GAP) / 2
  const placed = (processes: readonly Process[], column: 'gateways' | 'servers'): TopologyNode[] => {
    const size = processes.length * (NODE_HEIGHT + GAP) - GAP
    return processes.map((process, index) => ({
      id: process.id,
      label: facts.nameOf(process.id),
      lines: linesOf(process, facts),
      look: lookOf(process),
      x: COLUMNS[column],
      y: middle - size / 2 + index * (NODE_HEIGHT + GAP),
      width: NODE_WIDTH[column],
      height: NODE_HEIGHT,
    }))
  }
  const alone = (
    id: string,
    label: string,
    column: 'players' | 'bus' | 'store',
    look: Look,
    lines: readonly string[],
  ): TopologyNode => ({
    id,
    label,
    lines,
    look,
    x: COLUMNS[column],
    y: middle - NODE_HEIGHT / 2,
    width: NODE_WIDTH[column],
    height: NODE_HEIGHT,
  })
  const players = alone(
    'players',
    'Players',
    'players',
    isUnheard(gateways) ? 'unknown' : 'up',
    playerLines(gateways, facts),
  )
  const kafka = alone('kafka', 'Kafka', 'bus', report.kafka.up ? 'up' : 'down', [
    report.kafka.up ? `lag ${report.kafka.lag ?? 'unknown'}` : 'does not answer',
  ])
  const redis = alone('redis', 'Redis', 'store', report.redis.up ? 'up' : 'down', [
    report.redis.up ? `ping ${report.redis.pingMs?.toFixed(1) ?? '?'} ms` : 'does not answer',
  ])
  const left = placed(gateways, 'gateways')
  const right = placed(servers, 'servers')
  const edges = [
    ...left.map((node) => edge(players, node, node.look)),
    ...left.map((node) => edge(node, kafka, worse(node.look, kafka.look))),
    ...right.map((node) => edge(kafka, node, worse(node.look, kafka.look))),
    ...right.map((node) => edge(node, redis, worse(node.look, redis.look))),
  ]
  return {
    nodes: [players, ...left, kafka, ...right, redis],
    edges,
    width: WIDTH,
    height,
    columns: Object.entries(COLUMNS).map(([name, x]) => ({ name, x })),
  }
}

const worse = (a: Look, b: Look): Look => (a === 'down' || b === 'down' ? 'down' : a === 'unknown' ? a : b)

function linesOf(process: Process, { heardText, counted }: TopologyFacts): readonly string[] {
  const holds =
    process.role === 'gateway' ? counted(process.sessions, 'session') : counted(process.partitions, 'partition')
  return process.status === 'dead' ? [heardText(process), `last ${holds}`] : [holds, heardText(process)]
}

/** No gateway is heard: how many players there are is not known. */
const isUnheard = (gateways: readonly Process[]): boolean =>
  gateways.length > 0 && gateways.every(({ status }) => status === 'dead')

function playerLines(gateways: readonly Process[], { counted }: TopologyFacts): readonly string[] {
  const sum = (processes: readonly Process[]): number => processes.reduce((all, { sessions }) => all + sessions, 0)
  const silent = gateways.filter(({ status }) => status === 'dead')
  const heard = sum(gateways.filter(({ status }) => status !== 'dead'))
  if (isUnheard(gateways)) return [`last ${countText(sum(silent))}`, 'now unknown']
  return [counted(heard, 'connection'), ...(silent.length > 0 ? [`${countText(sum(silent))} unknown`] : [])]
}

function edge(from: TopologyNode, to: TopologyNode, look: Look): TopologyEdge {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 }
  const end = { x: to.x, y: to.y + to.height / 2 }
  const bend = (start.x + end.x) / 2
  const label = look === 'up' ? null : look === 'unknown' ? 'unknown' : 'down'
  return {
    from: from.id,
    to: to.id,
    look,
    label,
    path: `M${start.x} ${start.y}C${bend} ${start.y} ${bend} ${end.y} ${end.x} ${end.y}`,
    at: { x: bend, y: (start.y + end.y) / 2 },
  }
}
