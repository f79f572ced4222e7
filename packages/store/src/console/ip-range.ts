import { isIPv4, isIPv6 } from 'node:net'

/** An address as a number; an IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is the IPv4 one. */
export interface Address {
  bits: bigint
  /** 32 or 128. */
  size: number
}

export interface AddressRange {
  size: number
  /** How many low bits are free. */
  free: bigint
  /** The bits above them. */
  fixed: bigint
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Null for what is no address. A zone (`fe80::1%eth0`) is left out: it says nothing outside of its machine. */
export function parseAddress(text: string): Address | null {
  const plain = text.split('%')[0] ?? ''
  const mapped = MAPPED.exec(plain)?.[1]
  if (mapped !== undefined) return parseAddress(mapped)
  if (isIPv4(plain)) return { bits: bitsOf(plain.split('.').map(Number), 8n), size: 32 }
  if (!isIPv6(plain)) return null
  return { bits: bitsOf(groupsOf(plain), 16n), size: 128 }
}

/** An address alone, or `address/prefix`. Null where it is neither. */
export function parseRange(text: string): AddressRange | null {
  const [head = '', prefix, ...rest] = text.split('/')
  const address = parseAddress(head)
  if (!address || rest.length > 0) return null
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null
  const length = prefix === undefined ? address.size : Number(prefix)
  if (length > address.size) return null
  const free = BigInt(address.size - length)
  return { size: address.size, free, fixed: address.bits >> free }
}

export const isInside = (range: AddressRange, address: Address): boolean =>
  range.size === address.size && address.bits >> range.free === range.fixed

function bitsOf(parts: readonly number[], width: bigint): bigint {
  let bits = 0n
  for (const part of parts) bits = (bits << width) | BigInt(part)
  return bits
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(text: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  const plain = dotted
    ? `${text.slice(0, dotted.index)}${hexOf(dotted[1], dotted[2])}:${hexOf(dotted[3], dotted[4])}`
    : text
  const [head = '', tail] = plain.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const before = groups(head)
  if (tail === undefined) return before
  const after = groups(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const hexOf = (high = '0', low = '0'): string => (Number(high) * 256 + Number(low)).toString(16)
