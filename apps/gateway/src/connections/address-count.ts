import { addressGroup } from './address-group.ts'

export interface AddressCount {
  add(ip: string): void
  /** Once for each `add`. */
  remove(ip: string): void
  /** Of this IPv4 address, or of the /64 that this IPv6 address is in. */
  of(ip: string): number
}

/** How many there are from each address; holds nothing of addresses that nobody comes from. */
export function createAddressCount(): AddressCount {
  const counts = new Map<string, number>()
  const change = (ip: string, by: number): void => {
    const group = addressGroup(ip)
    const next = (counts.get(group) ?? 0) + by
    if (next > 0) counts.set(group, next)
    else counts.delete(group)
  }
  return {
    add: (ip) => change(ip, 1),
    remove: (ip) => change(ip, -1),
    of: (ip) => counts.get(addressGroup(ip)) ?? 0,
  }
}
