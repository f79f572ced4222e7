import type { StackConfig } from './config.ts'
import { freePorts, nextFreePort, type PortProblem, portProblem } from './ports.ts'
import type { Ports } from './service.ts'
import { StackError } from './stack-error.ts'

/** `web` has no entry where the console is left out. */
export type GamePorts = { gateways: Ports[]; servers: Ports[]; web: Ports[] }

const VARIABLES = {
  telnet: 'HOLDFAST_TELNET_PORT',
  http: 'HOLDFAST_HTTP_PORT',
  serverHttp: 'HOLDFAST_SERVER_HTTP_PORT',
  telnets: 'HOLDFAST_TELNETS_PORT',
  web: 'HOLDFAST_WEB_PORT',
} as const

/** What is wrong and what to do, in one line; `where` names a port and its variable. */
function refusal(problem: PortProblem, host: string, where: { port: number; variable: string } | null): StackError {
  const at = where === null ? 'ports' : `port ${where.port} (${where.variable})`
  switch (problem) {
    case 'in-use': {
      const other = where === null ? '' : `, or set ${where.variable} to another port`
      return new StackError(`${at} is in use: stop what listens there${other}`, { code: 'port-in-use' })
    }
    case 'not-our-address':
      return new StackError(
        `${host} (HOLDFAST_HOST) is no address of this machine: set HOLDFAST_HOST to one that is, or to 0.0.0.0 for all of them`,
        { code: 'not-our-address' },
      )
    case 'not-allowed':
      return new StackError(
        `this user may not listen on ${at} of ${host}: choose ports of 1024 or above, or start it as a user who may`,
        { code: 'not-allowed' },
      )
    default:
      return new StackError(`cannot listen on ${at} of ${host}: the system says ${problem.other}`)
  }
}

/** One line for what keeps the processes from listening where they are told to, naming the variable that says so. */
async function refuseBadPlaces({ host, ports }: StackConfig): Promise<void> {
  const hostProblem = await portProblem(0, host)
  if (hostProblem !== null) throw refusal(hostProblem, host, null)
  const seen = new Map<number, string>()
  for (const name of ['telnet', 'http', 'serverHttp', 'telnets', 'web'] as const) {
    const port = ports[name]
    if (port === undefined || port === 0) continue
    const variable = VARIABLES[name]
    const other = seen.get(port)
    if (other !== undefined)
      throw new StackError(`port ${port} is given twice: set ${variable} or ${other} to another port`)
    seen.set(port, variable)
    const problem = await portProblem(port, host)
    if (problem !== null) throw refusal(problem, host, { port, variable })
  }
}

/**
 * Which ports each gateway, server and console gets: the first the configured ones (0: any free one), the next ones the next free
 * ones. Throws one line when nothing can listen on a configured host or port.
 */
export async function assignGamePorts(config: StackConfig): Promise<GamePorts> {
  await refuseBadPlaces(config)
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
  const web = ports.web === undefined ? [] : [{ http: await take(ports.web, 0, undefined) }]
  return { gateways, servers, web }
}
