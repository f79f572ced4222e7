import type { StackConfig } from './config.ts'
import { freePorts, nextFreePort, portIsFree } from './ports.ts'
import type { Ports } from './service.ts'
import { StackError } from './stack-error.ts'

export type GamePorts = { gateways: Ports[]; servers: Ports[] }

const VARIABLES = {
  telnet: 'HOLDFAST_TELNET_PORT',
  http: 'HOLDFAST_HTTP_PORT',
  serverHttp: 'HOLDFAST_SERVER_HTTP_PORT',
  telnets: 'HOLDFAST_TELNETS_PORT',
} as const

/** One line for each configured port that is in use, naming its variable. */
async function refuseUsedPorts({ host, ports }: StackConfig): Promise<void> {
  const seen = new Map<number, string>()
  for (const name of ['telnet', 'http', 'serverHttp', 'telnets'] as const) {
    const port = ports[name]
    if (port === undefined || port === 0) continue
    const variable = VARIABLES[name]
    const other = seen.get(port)
    if (other !== undefined)
      throw new StackError(`port ${port} is given twice: set ${variable} or ${other} to another port`)
    seen.set(port, variable)
    if (await portIsFree(port, host)) continue
    throw new StackError(
      `port ${port} (${variable}) is in use: stop what listens there, or set ${variable} to another port`,
      { code: 'port-in-use' },
    )
  }
}

/**
 * Which ports each gateway and server gets: the first the configured ones (0: any free one), the next ones the next free
 * ones. Throws one line when a configured port is in use.
 */
export async function assignGamePorts(config: StackConfig): Promise<GamePorts> {
  await refuseUsedPorts(config)
  const { host, ports } = config
  const taken = new Set<number>(Object.values(ports).filter((port) => port !== undefined))
  const take = async (first: number, index: number, previous: number | undefined): Promise<number> => {
    if (index === 0 && first !== 0) return first
    const [port = 0] =
      first === 0 ? await freePorts(1, taken) : [await nextFreePort((previous ?? first) + 1, host, taken)]
    taken.add(port)
    return port
  }
  const gateways: Ports[] = []
  for (let index = 0; index < config.gateways; index += 1) {
    const previous = gateways.at(-1)
    const telnet = await take(ports.telnet, index, previous?.telnet)
    const http = await take(ports.http, index, previous?.http)
    const telnets = ports.telnets === undefined ? undefined : await take(ports.telnets, index, previous?.telnets)
    gateways.push(telnets === undefined ? { telnet, http } : { telnet, http, telnets })
  }
  const servers: Ports[] = []
  for (let index = 0; index < config.servers; index += 1) {
    servers.push({ http: await take(ports.serverHttp, index, servers.at(-1)?.http) })
  }
  return { gateways, servers }
}
