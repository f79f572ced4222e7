import { COPIES, type Copy, type SessionRow } from '@holdfast/store/contracts'

/** How one copy stands in a strand. */
export type StrandNode = 'agrees' | 'waits' | 'differs' | 'missing' | 'unread' | 'alone' | 'none'
export type StrandLink = 'joined' | 'waits' | 'cut'

export interface StrandShape {
  nodes: Readonly<Record<Copy, StrandNode>>
  /** Between gateway and server, and between server and Redis. */
  links: readonly [StrandLink, StrandLink]
}

/**
 * A session's three copies in one line, as its row tells them. `unread`: the copies whose source does not answer; they are drawn
 * as not known whatever the row says of them. Of a detached session no gateway has a copy.
 */
export function strandOf(
  row: Pick<SessionRow, 'state' | 'missingIn' | 'odd' | 'status'>,
  unread: readonly Copy[],
): StrandShape {
  const nodeOf = (copy: Copy): StrandNode => {
    if (unread.includes(copy)) return 'unread'
    if (row.missingIn.includes(copy)) return row.state === 'ghost' ? 'none' : 'missing'
    if (row.state === 'ghost') return 'alone'
    if (copy === 'gateway' && row.status === 'detached' && !row.odd.includes(copy)) return 'none'
    if (row.state === 'settling')
      return row.odd.includes(copy) || (row.odd.length === 0 && copy === 'redis') ? 'waits' : 'agrees'
    return row.odd.includes(copy) ? 'differs' : 'agrees'
  }
  const [gateway, server, redis] = COPIES.map(nodeOf)
  const nodes = { gateway: gateway ?? 'none', server: server ?? 'none', redis: redis ?? 'none' }
  return { nodes, links: [linkOf(nodes.gateway, nodes.server), linkOf(nodes.server, nodes.redis)] }
}

function linkOf(left: StrandNode, right: StrandNode): StrandLink {
  if (left === 'agrees' && right === 'agrees') return 'joined'
  const isWaiting =
    [left, right].includes('waits') && [left, right].every((node) => node === 'waits' || node === 'agrees')
  return isWaiting ? 'waits' : 'cut'
}
