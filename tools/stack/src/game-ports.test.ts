import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readStackConfig } from './config.ts'
import { assignGamePorts } from './game-ports.ts'
import { freePorts } from './ports.ts'

async function holdPort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return port
}

test('names the port in use and its variable in one line', async () => {
  const used = await holdPort()
  const [a = 0, b = 0] = await freePorts(2)
  const config = readStackConfig({
    HOLDFAST_TELNET_PORT: String(a),
    HOLDFAST_HTTP_PORT: String(used),
    HOLDFAST_SERVER_HTTP_PORT: String(b),
  })
  await expect(assignGamePorts(config)).rejects.toThrow(
    `port ${used} (HOLDFAST_HTTP_PORT) is in use: stop what listens there, or set HOLDFAST_HTTP_PORT to another port`,
  )
})

test('gives every process ports of its own, the configured ones to the first', async () => {
  const [telnet = 0, http = 0, server = 0] = await freePorts(3)
  const ports = await assignGamePorts(
    readStackConfig({
      HOLDFAST_TELNET_PORT: String(telnet),
      HOLDFAST_HTTP_PORT: String(http),
      HOLDFAST_SERVER_HTTP_PORT: String(server),
      HOLDFAST_GATEWAYS: '3',
      HOLDFAST_SERVERS: '2',
    }),
  )
  expect(ports.gateways[0]).toMatchObject({ telnet, http })
  expect(ports.servers[0]).toEqual({ http: server })
  const all = [...ports.gateways, ...ports.servers].flatMap((each) => Object.values(each))
  expect(all).toHaveLength(8)
  expect(new Set(all).size).toBe(8)
})

test('refuses one port given to two listeners', async () => {
  const [port = 0] = await freePorts(1)
  const config = readStackConfig({ HOLDFAST_TELNET_PORT: String(port), HOLDFAST_HTTP_PORT: String(port) })
  await expect(assignGamePorts(config)).rejects.toThrow(`port ${port} is given twice`)
})

test.each(['203.0.113.9', 'no-such-host.invalid'])(
  'says that %s is no address of this machine, not that a port is in use',
  async (host) => {
    const [telnet = 0, http = 0, server = 0] = await freePorts(3)
    const ports = { HOLDFAST_TELNET_PORT: String(telnet), HOLDFAST_HTTP_PORT: String(http) }
    const config = readStackConfig({ ...ports, HOLDFAST_SERVER_HTTP_PORT: String(server), HOLDFAST_HOST: host })
    await expect(assignGamePorts(config)).rejects.toThrow(
      `${host} (HOLDFAST_HOST) is no address of this machine: set HOLDFAST_HOST to one that is`,
    )
  },
)

test('says so too where any free ports would do', async () => {
  const ports = { HOLDFAST_TELNET_PORT: '0', HOLDFAST_HTTP_PORT: '0', HOLDFAST_SERVER_HTTP_PORT: '0' }
  await expect(assignGamePorts(readStackConfig({ ...ports, HOLDFAST_HOST: '203.0.113.9' }))).rejects.toThrow(
    'is no address of this machine',
  )
})
