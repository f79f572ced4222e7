import { type BlockList, isIPv4, isIPv6 } from 'node:net'

/** How a request reached this process, once what its client merely claims is set aside. */
export interface Arrival {
  /** The client's address. */
  peer: string
  /** Host and port that its browser has in the address bar. */
  host: string
  isHttps: boolean
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The headers in which an arrival travels to the handlers; whatever a client sends in them is overwritten. */
export const ARRIVAL_HEADERS = {
  peer: 'x-holdfast-peer',
  host: 'x-holdfast-host',
  scheme: 'x-holdfast-scheme',
} as const

/** Only a trusted proxy is believed in what it says of the client. */
const CLAIMS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded']

const text = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join(',') : (value ?? ''))
const lastOf = (value: string | string[] | undefined): string => text(value).split(',').at(-1)?.trim() ?? ''

/** `::ffff:10.0.0.1`, as a socket that listens on both families has it, is 10.0.0.1. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

function isIn(networks: BlockList, address: string): boolean {
  if (isIPv4(address)) return networks.check(address, 'ipv4')
  return isIPv6(address) && networks.check(address, 'ipv6')
}

/**
 * Who sent a request, by the socket it came through and, where that is a trusted proxy's, by what the proxy says: the last
 * address of X-Forwarded-For that is no proxy's own.
 */
export function arrivalOf(socketAddress: string, headers: Headers, proxies: BlockList): Arrival {
  const socket = plainAddress(socketAddress)
  const host = text(headers.host)
  if (!isIn(proxies, socket)) return { peer: socket, host, isHttps: false }
  const hops = text(headers['x-forwarded-for'])
    .split(',')
    .map((hop) => plainAddress(hop.trim()))
    .filter((hop) => hop !== '')
  return {
    peer: hops.findLast((hop) => !isIn(proxies, hop)) ?? socket,
    host: lastOf(headers['x-forwarded-host']) || host,
    isHttps: lastOf(headers['x-forwarded-proto']) === 'https',
  }
}

/** The request's headers as everything behind may believe them: claims gone unless a proxy made them, the arrival added. */
export function settleHeaders(
  socketAddress: string,
  headers: Record<string, string | string[] | undefined>,
  proxies: BlockList,
): void {
  const arrival = arrivalOf(socketAddress, headers, proxies)
  if (!isIn(proxies, plainAddress(socketAddress))) for (const name of CLAIMS) delete headers[name]
  headers[ARRIVAL_HEADERS.peer] = arrival.peer
  headers[ARRIVAL_HEADERS.host] = arrival.host
  headers[ARRIVAL_HEADERS.scheme] = arrival.isHttps ? 'https' : 'http'
}

/** The arrival of a request whose headers were settled. */
export function arrivalIn(headers: Pick<globalThis.Headers, 'get'>): Arrival {
  return {
    peer: headers.get(ARRIVAL_HEADERS.peer) ?? '',
    host: headers.get(ARRIVAL_HEADERS.host) ?? '',
    isHttps: headers.get(ARRIVAL_HEADERS.scheme) === 'https',
  }
}

/** The name in `host`, without its port. */
export const hostnameOf = (host: string): string => URL.parse(`http://${host}`)?.hostname ?? ''

/**
 * Whether a password and a cookie may travel this way: encrypted, or without leaving the machine, as its browser sees it.
 * Plain HTTP elsewhere is read by everybody on the way.
 */
export function isPrivate({ isHttps, host }: Arrival): boolean {
  const name = hostnameOf(host)
  return (
    isHttps || name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name)
  )
}
