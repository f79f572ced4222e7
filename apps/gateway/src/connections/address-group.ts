/** A household or a host has a whole /64 of IPv6: single addresses of it say nothing about how many clients there are. */
const NETWORK_HEXTETS = 4
const HEXTETS = 8

/** What counts as one address in limits: an IPv4 address, or the /64 that an IPv6 address is in. */
export function addressGroup(ip: string): string {
  if (!ip.includes(':')) return ip
  const [address = ''] = ip.toLowerCase().split('%') // a link-local address carries its interface
  const [head = '', tail] = address.split('::')
  const left = hextets(head)
  const right = hextets(tail ?? '')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, HEXTETS - left.length - right.length)).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, NETWORK_HEXTETS).join(':')}::/64`
}

const hextets = (part: string): string[] => (part === '' ? [] : part.split(':'))
