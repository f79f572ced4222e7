import type { HealthReport } from '@holdfast/store/contracts'
import { expect, it } from 'vitest'
import { topologyOf } from './topology-shape.ts'

const AT = '2026-11-24T02:14:08.000Z'
const process = (id: string, role: string, status: 'fresh' | 'dead' = 'fresh') => ({
  id,
  role,
  status,
  observedAt: AT,
  sessions: 400,
  partitions: role === 'server' ? 21 : 0,
  rssBytes: 1,
  uptimeMs: 1,
})
const report = (change: Partial<HealthReport> = {}): HealthReport => ({
  rev: 1,
  asOf: AT,
  sources: [],
  status: 'up',
  redis: { up: true, pingMs: 0.8 },
  kafka: { up: true, lag: 12 },
  processes: [process('gw-1', 'gateway'), process('gw-2', 'gateway', 'dead'), process('srv-1', 'server')],
  ...change,
})
const facts = {
  nameOf: (id: string) => id,
  heardText: () => 'beat 0.7 s',
  counted: (count: number, one: string) => `${count} ${one}s`,
}

it('draws who speaks with whom, and marks what does not answer', () => {
  const { nodes, edges } = topologyOf(report(), facts)
  expect(nodes.map(({ id, look }) => `${id} ${look}`)).toEqual([
    'players up',
    'gw-1 up',
    'gw-2 unknown',
    'kafka up',
    'srv-1 up',
    'redis up',
  ])
  expect(edges.map(({ from, to, label }) => `${from}-${to} ${label}`)).toEqual([
    'players-gw-1 null',
    'players-gw-2 unknown',
    'gw-1-kafka null',
    'gw-2-kafka unknown',
    'kafka-srv-1 null',
    'srv-1-redis null',
  ])
  expect(nodes[0]?.lines).toEqual(['400 connections', '400 unknown'])
})

it('does not count players as none where no gateway is heard', () => {
  const silent = [process('gw-1', 'gateway', 'dead'), process('gw-2', 'gateway', 'dead')]
  const { nodes } = topologyOf(report({ processes: silent }), facts)
  expect(nodes[0]).toMatchObject({ look: 'unknown', lines: ['last 800', 'now unknown'] })
})

it('draws a store that is down as down, whoever speaks with it', () => {
  const { edges } = topologyOf(report({ redis: { up: false, pingMs: null } }), facts)
  expect(edges.at(-1)).toMatchObject({ to: 'redis', look: 'down', label: 'down' })
})

it('puts no node over another, however many there are', () => {
  const many = Array.from({ length: 9 }, (_, index) => process(`srv-${index}`, 'server'))
  const { nodes, height } = topologyOf(report({ processes: [process('gw-1', 'gateway'), ...many] }), facts)
  const servers = nodes.filter(({ id }) => id.startsWith('srv'))
  for (const [index, node] of servers.entries()) {
    const next = servers[index + 1]
    if (next) expect(node.y + node.height).toBeLessThan(next.y)
    expect(node.y + node.height).toBeLessThan(height)
  }
})
