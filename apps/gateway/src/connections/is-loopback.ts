/** Addresses of this machine: no limit counts them, since a proxy or a test stands behind them. */
export const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.')
