import type { BlockList } from 'node:net'
import { clientAddress, isInNetworks, withoutMapping } from '@holdfast/runtime'

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

/** Who sent a request: by its socket and, where that is a trusted proxy's, by what the proxy says. */
export function arrivalOf(socketAddress: string, headers: Headers, proxies: BlockList): Arrival {
  const peer = clientAddress(socketAddress, text(headers['x-forwarded-for']), proxies)
  const host = text(headers.host)
  if (!isInNetworks(proxies, withoutMapping(socketAddress))) return { peer, host, isHttps: false }
  return {
    peer,
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
  if (!isInNetworks(proxies, withoutMapping(socketAddress))) for (const name of CLAIMS) delete headers[name]
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
