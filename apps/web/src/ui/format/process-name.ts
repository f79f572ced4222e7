const INCARNATION = /^(gateway|server|web)-([0-9a-f]{6})[0-9a-f]{6}$/
const SHORT: Readonly<Record<string, string>> = { gateway: 'gw', server: 'srv', web: 'web' }

/** A process as a list names it: `gateway-3f62c01a9b1d` is `gw-3f62c0`, as commits are named by their beginning. Other names stay. */
export function processName(id: string): string {
  const [, role = '', start = ''] = INCARNATION.exec(id) ?? []
  return role === '' ? id : `${SHORT[role] ?? role}-${start}`
}
