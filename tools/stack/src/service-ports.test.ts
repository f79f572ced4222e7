import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePorts } from './ports.ts'
import { provideServicePorts } from './service-ports.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-ports-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const rememberedIn = (file: string, ports: readonly number[]): void => {
  const [redis, kafka, postgres] = ports
  writeFileSync(file, JSON.stringify({ redis, kafka, postgres }))
}

test('gives the services their ports of the last start again', async () => {
  const file = join(dir, 'ports.json')
  const ports = await freePorts(3)
  rememberedIn(file, ports)
  expect(Object.values(await provideServicePorts(file, new Set()))).toEqual(ports)
})

test('gives none that was promised to another who does not listen yet', async () => {
  const file = join(dir, 'ports.json')
  const ports = await freePorts(3)
  rememberedIn(file, ports)
  const given = Object.values(await provideServicePorts(file, new Set(ports.slice(0, 2))))
  expect(given[2]).toBe(ports[2])
  expect(ports.slice(0, 2)).not.toContain(given[0])
  expect(ports.slice(0, 2)).not.toContain(given[1])
})
