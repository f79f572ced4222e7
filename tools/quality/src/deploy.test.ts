import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMetrics } from '@holdfast/runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

/** What lies under deploy/ speaks of this code: names of metrics, labels, runbooks, ports and variables that there are. */

const ROOT = join(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const documentsOf = (path: string): unknown[] => parseAllDocuments(read(path)).map((document) => document.toJS())

const ruleSchema = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.object({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
})
const rulesSchema = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(ruleSchema) })) })
const panelSchema = z.object({
  id: z.int(),
  title: z.string(),
  targets: z.array(z.object({ expr: z.string() })).default([]),
})
const dashboardSchema = z.object({ uid: z.literal('holdfast'), panels: z.array(panelSchema) })

const rules = rulesSchema.parse(documentsOf('deploy/prometheus/alerts.yaml')[0]).groups.flatMap(({ rules: of }) => of)
const { panels } = dashboardSchema.parse(JSON.parse(read('deploy/grafana/holdfast.json')))
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: title, expr }))),
]

/** The labels of each metric that the sources make, by its whole name. */
const known = new Map<string, readonly string[]>()
/** What Prometheus and every process of ours add. */
const COMMON_LABELS = ['role', 'instance', 'job', 'le']

function sourcesUnder(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts') && !file.includes('.test.')).map((file) => join(folder, file))
}

beforeAll(async () => {
  const made =
    /\b(?:metrics\.(?:counter|gauge|histogram)|gauge|backlog)\(\s*'([a-z0-9_]+)',\s*(?:'[^']*'|"[^"]*"),?\s*(?:\[([^\]]*)\])?/g
  for (const folder of ['packages', 'apps']) {
    for (const file of sourcesUnder(folder).filter((each) => each.includes('/src/'))) {
      for (const [, name = '', labels = ''] of read(file).matchAll(made))
        known.set(
          `holdfast_${name}`,
          [...labels.matchAll(/'([a-z_]+)'/g)].map(([, label = '']) => label),
        )
    }
  }
  for (const [, name = ''] of (await createMetrics().text()).matchAll(/^# TYPE (\S+)/gm)) known.set(name, ['kind'])
})

/** A histogram's series end so. */
const metricOf = (series: string): string => series.replace(/_(?:bucket|sum|count)$/, '')

describe('metrics named in deploy/', () => {
  it('are made by the code, with the labels that are asked for', () => {
    expect(known.size).toBeGreaterThan(50)
    for (const { of, expr } of expressions) {
      for (const [, series = '', selector = ''] of expr.matchAll(/\b(holdfast_[a-z0-9_]+)(?:\{([^}]*)\})?/g)) {
        const labels = known.get(series) ?? known.get(metricOf(series))
        expect(labels, `${of}: no metric ${series}`).toBeDefined()
        for (const [, label = ''] of selector.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g))
          expect([...(labels ?? []), ...COMMON_LABELS], `${of}: ${series} has no label ${label}`).toContain(label)
      }
    }
  })
})

const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

describe('alert rules', () => {
  it('have each a name of its own and a runbook that is there', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    for (const { alert, annotations } of rules) {
      const [file = '', anchor = ''] = annotations.runbook_url.split('#')
      expect(file, alert).toMatch(/^docs\/(?:failure-modes|operations)\.md$/)
      expect(anchorsOf(read(file)), `${alert}: ${annotations.runbook_url}`).toContain(anchor)
    }
  })
})

describe('the dashboard', () => {
  it('has a query in each panel, and each panel’s id once', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(panels.filter(({ targets }) => targets.some(({ expr }) => expr.trim() === ''))).toEqual([])
    expect(panels.filter(({ targets }) => targets.length > 0).length).toBeGreaterThan(20)
  })
})

const probe = z.object({ httpGet: z.object({ path: z.enum(['/healthz', '/readyz']), port: z.string() }) })
const socketProbe = z.object({ tcpSocket: z.object({ port: z.string() }) })
const anyProbe = z.union([probe, socketProbe])
const containerSchema = z.object({
  args: z.tuple([z.string()]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
  startupProbe: anyProbe.optional(),
  livenessProbe: anyProbe.optional(),
  readinessProbe: anyProbe.optional(),
  env: z.array(z.object({ name: z.string() })).default([]),
})
const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(containerSchema),
        initContainers: z.array(containerSchema.omit({ ports: true })).default([]),
      }),
    }),
  }),
})

describe('the Kubernetes manifests', () => {
  const config = z
    .object({ data: z.record(z.string(), z.string()) })
    .parse(documentsOf('deploy/kubernetes/config.yaml')[0])

  it.each(['server', 'gateway'])('probe the %s on ports that it listens on, and run a file that is there', (role) => {
    const pod = documentsOf(`deploy/kubernetes/${role}.yaml`).flatMap((document) => {
      const parsed = deploymentSchema.safeParse(document)
      return parsed.success ? [parsed.data.spec.template.spec] : []
    })
    expect(pod).toHaveLength(1)
    for (const { containers, initContainers } of pod) {
      for (const { args } of [...containers, ...initContainers]) expect(read(args[0]).length).toBeGreaterThan(0)
      for (const { ports, startupProbe, livenessProbe, readinessProbe } of containers) {
        const listens = Object.values(config.data)
        for (const { containerPort } of ports) expect(listens).toContain(String(containerPort))
        const probes = [startupProbe, livenessProbe, readinessProbe].filter((each) => each !== undefined)
        expect(probes).toHaveLength(3)
        // A service that is away is no reason to end who holds what waits for it.
        expect(livenessProbe).toMatchObject({ httpGet: { path: '/healthz' } })
        for (const each of probes)
          expect(ports.map(({ name }) => name)).toContain('httpGet' in each ? each.httpGet.port : each.tcpSocket.port)
      }
    }
  })

  it('set only variables that some process reads', () => {
    const configs = ['apps/server/src/config.ts', 'apps/server/src/prepare-config.ts', 'apps/gateway/src/config.ts']
    const variables = new Set(
      configs.flatMap((file) => [...read(file).matchAll(/\b([A-Z][A-Z_]+)\b:/g)].map(([, v]) => v)),
    )
    for (const name of Object.keys(config.data)) expect(variables).toContain(name)
  })
})
