import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { list } from './config.ts'

const MAPPED_PREFIX = '::ffff:'

/** `::ffff:a.b.c.d`, as a socket of both families shows an IPv4 client, in its own form; any other address as it is. */
export function withoutMapping(address: string): string {
  const tail = address.toLowerCase().startsWith(MAPPED_PREFIX) ? address.slice(MAPPED_PREFIX.length) : ''
  return isIPv4(tail) ? tail : address
}

/** Comma-separated addresses and networks (10.0.0.0/8, ::1), as what an address is looked up in. */
export function networks() {
  return list()
    .refine(
      (entries) => entries.every((entry) => networkOf(entry) !== null),
      'use addresses or networks, such as 10.0.0.0/8',
    )
    .transform((entries) => {
      const found = new BlockList()
      for (const entry of entries) {
        const network = networkOf(entry)
        if (network !== null) found.addSubnet(network.address, network.prefix, network.family)
      }
      return found
    })
}

/**
 * Where a client is, by the socket it came through and, where that is a trusted proxy's, by what the proxy says: the last
 * address of X-Forwarded-For (empty where there is none) that is no proxy's own. What others say of themselves is not believed.
 */
export function clientAddress(socketAddress: string, forwardedFor: string, proxies: BlockList): string {
  const socket = withoutMapping(socketAddress)
  if (!isInNetworks(proxies, socket)) return socket
  const hops = forwardedFor.split(',').map((hop) => withoutMapping(hop.trim()))
  const client = hops.findLast((hop) => !isInNetworks(proxies, hop))
  return client !== undefined && isIP(client) !== 0 ? client : socket
}

/** Whether an address, in its own form, lies in one of these networks. */
export function isInNetworks(found: BlockList, address: string): boolean {
  if (isIPv4(address)) return found.check(address, 'ipv4')
  return isIPv6(address) && found.check(address, 'ipv6')
}

interface Network {
  address: string
  prefix: number
  family: 'ipv4' | 'ipv6'
}

/** An address, or a network in CIDR notation; null for neither. */
function networkOf(entry: string): Network | null {
  const [address = '', prefixText, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return null
  const widest = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? widest : Number(prefixText)
  if (!/^\d*$/.test(prefixText ?? '') || prefixText === '' || prefix > widest) return null
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}
