import { AssignerProtocol, type GroupMember, type GroupMemberAssignment, type PartitionAssigner } from 'kafkajs'
import { z } from 'zod'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

/** What a member says of itself at each join. */
export interface Claim {
  /** Partitions it owns now. */
  owned: readonly number[]
  /** The group generation in which it got them: the newest claim wins. */
  generation: number
  /** It wants to give all of them away. */
  draining: boolean
}

const claimSchema = z.object({ owned: z.array(z.int()), generation: z.int(), draining: z.boolean() })
const NO_CLAIM: Claim = { owned: [], generation: 0, draining: false }

export interface Member extends Claim {
  id: string
}

/**
 * Shares `count` partitions out: each to exactly one member, counts differing by one at most, as few moving as can be
 * (4 to 3 members: 16 of 64; kafkajs's default moves 49). A draining member gets none while another is there. The order
 * of `members` does not matter.
 */
export function shareOut(members: readonly Member[], count: number): Map<string, number[]> {
  const all = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const staying = all.filter(({ draining }) => !draining)
  const pool = staying.length > 0 ? staying : all // all draining: somebody must serve
  const shares = new Map<string, number[]>(pool.map(({ id }) => [id, []]))
  const least = Math.floor(count / pool.length)
  let extras = count % pool.length
  const claims = newestClaims(pool, count)
  const free: number[] = []
  for (let partition = 0; partition < count; partition++) {
    const share = shares.get(claims.get(partition)?.id ?? '')
    if (share && share.length < least) share.push(partition)
    else if (share && share.length === least && extras > 0) {
      extras--
      share.push(partition)
    } else free.push(partition)
  }
  for (const partition of free) {
    const smallest = [...shares.values()].reduce((a, b) => (b.length < a.length ? b : a))
    smallest.push(partition)
  }
  return shares
}

function newestClaims(pool: readonly Member[], count: number): Map<number, Member> {
  const claims = new Map<number, Member>()
  for (const member of pool) {
    for (const partition of member.owned) {
      const rival = claims.get(partition)
      if (partition < count && (!rival || member.generation > rival.generation)) claims.set(partition, member)
    }
  }
  return claims
}

/** `shareOut` as kafkajs wants it. kafkajs asks for the claim at every join, so it is always fresh. */
export function stickyAssigner(topic: string, claim: () => Claim): PartitionAssigner {
  return ({ cluster }) => ({
    name: 'holdfast-sticky',
    version: 1,
    protocol: ({ topics }) => ({
      name: 'holdfast-sticky',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify(claim())) }),
    }),
    assign: ({ members }): Promise<GroupMemberAssignment[]> => {
      const count = cluster.findTopicPartitionMetadata(topic).length
      const shares = shareOut(members.map(readMember), count)
      return Promise.resolve(
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version: 1,
            assignment: { [topic]: shares.get(memberId) ?? [] },
            userData: Buffer.alloc(0),
          }),
        })),
      )
    },
  })
}

/** A claim that cannot be read counts as none: the member gets partitions all the same. */
function readMember({ memberId, memberMetadata }: GroupMember): Member {
  const text = MemberMetadata.decode(memberMetadata)?.userData?.toString('utf8') ?? ''
  try {
    return { id: memberId, ...claimSchema.parse(JSON.parse(text)) }
  } catch {
    return { id: memberId, ...NO_CLAIM }
  }
}
