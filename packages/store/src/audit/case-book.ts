import type { Clock } from '@holdfast/runtime'
import type { Difference, DivergenceCause, Finding, Sid, State } from '../contracts/index.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import { findingOf, gistOf } from './finding-record.ts'
import type { Look, Subject } from './observer.ts'
import { createRepairLedger } from './repair-policy.ts'
import type { Repairs } from './repairs.ts'

/** Sessions that are looked at again and again; what comes beyond is found by a later pass. */
export const SUSPECTS_MAX = 5_000

export type HealedBy = 'itself' | 'repair' | 'command' | 'takeover'

interface Case extends Subject {
  owned: OwnedPartition
  before: ReadonlyMap<string, Difference>
  open: OpenFinding | null
}

interface OpenFinding {
  finding: Finding
  gist: string
  repairs: number
  healedBy: HealedBy
}

export interface CaseBook {
  /** Has a session looked at again each second. False: there are too many. */
  suspect(owned: OwnedPartition, sid: Sid): boolean
  /** Takes what a look saw: opens, updates, repairs and closes. */
  take(owned: OwnedPartition, look: Look): void
  /** The suspects, by partition's owner, those first that were looked at longest ago. */
  suspects(): ReadonlyMap<OwnedPartition, readonly Subject[]>
  has(sid: Sid): boolean
  subject(sid: Sid): Subject | undefined
  /** A wizard's command is about to put it right. */
  expectCommand(sid: Sid): void
  /** Closes the cases of partitions that are somebody else's now: their owner begins anew. */
  forgetLost(isOurs: (owned: OwnedPartition) => OwnedPartition | null): void
  /** Open findings by state, and under `settling` what is merely suspected. */
  counts(): Partial<Record<State, number>>
}

export interface CaseBookOptions {
  clock: Clock
  outbox: Pick<Outbox, 'show' | 'audit'>
  repairs: Repairs
  events: {
    onFound(finding: Finding): void
    onHealed(finding: Finding, by: HealedBy): void
    onRepaired(cause: DivergenceCause): void
    onTooMany(): void
  }
}

/** The sessions whose copies differ: from the first suspicion, over the finding and its repairs, to where they agree again. */
export function createCaseBook({ clock, outbox, repairs, events }: CaseBookOptions): CaseBook {
  const cases = new Map<Sid, Case>()
  const ledger = createRepairLedger(clock)

  const begin = (owned: OwnedPartition, sid: Sid): Case | null => {
    const known = cases.get(sid)
    if (known) return known
    if (cases.size >= SUSPECTS_MAX) {
      events.onTooMany()
      return null
    }
    const fresh: Case = { sid, owned, since: clock.monotonic(), before: new Map(), open: null }
    cases.set(sid, fresh)
    return fresh
  }

  const show = (open: OpenFinding): void => {
    const { sid, since, state, cause, policy } = open.finding
    outbox.show('divergence.found', sid, { state, cause, policy, since }, `f:${sid}:${since}`, open.finding)
  }

  const close = (one: Case, by: HealedBy): void => {
    cases.delete(one.sid)
    if (!one.open) return
    const { sid, since, cause, state } = one.open.finding
    outbox.show('divergence.healed', sid, { since, how: by, cause, state }, `h:${sid}:${since}`)
    events.onHealed(one.open.finding, by)
  }

  const report = (one: Case, look: Look, cause: DivergenceCause): OpenFinding => {
    const { sid } = one
    const since = one.open?.finding.since ?? look.verdict.since ?? clock.now()
    const finding = findingOf(look, cause, since, ledger.policyFor(sid, cause))
    const gist = gistOf(finding)
    const open = { repairs: 0, healedBy: 'itself' as const, ...one.open, finding, gist }
    if (!one.open) events.onFound(finding)
    if (one.open?.gist !== gist) show(open)
    one.open = open
    return open
  }

  const putRight = (one: Case, open: OpenFinding, look: Look): void => {
    const { finding } = open
    if (finding.policy !== 'repair' || !ledger.isDue(one.sid)) return
    const what = repairs.repair(one.owned, look, finding.cause)
    if (what === null) return
    ledger.note(one.sid)
    open.repairs++
    open.healedBy = 'repair'
    const id = `r:${one.sid}:${finding.since}:${open.repairs}`
    const { sid } = one
    const target = { sid, handle: finding.handle, player: playerOf(look) }
    outbox.audit({ kind: 'repair', id, sid, cause: finding.cause, what, target })
    events.onRepaired(finding.cause)
  }

  /** Nothing to follow up: what is merely pending, or cannot be known, is come upon again by the next sweep. */
  const isIdle = ({ verdict, copies, record }: Look): boolean => {
    const awaitsEvidence = record === null && copies.redis.kind === 'read'
    return !awaitsEvidence && [...verdict.differences.values()].every(({ looks }) => looks === 0)
  }

  return {
    suspect(owned, sid) {
      return begin(owned, sid) !== null
    },
    take(owned, look) {
      const { sid, verdict } = look
      const known = cases.get(sid)
      if (verdict.state === 'in-sync') {
        if (known) close(known, known.open?.healedBy ?? 'itself')
        return
      }
      if (!known?.open && isIdle(look)) {
        cases.delete(sid)
        return
      }
      const one = begin(owned, sid)
      if (!one) return
      Object.assign(one, { owned, before: verdict.differences })
      cases.delete(sid) // behind all others: they have waited longer
      cases.set(sid, one)
      const hasNew = [...verdict.differences.values()].some(({ looks }) => looks === 1)
      if (hasNew) repairs.publish(owned, [sid])
      if (verdict.cause !== null) putRight(one, report(one, look, verdict.cause), look)
    },
    suspects() {
      const byOwner = new Map<OwnedPartition, Subject[]>()
      for (const one of cases.values()) {
        const some = byOwner.get(one.owned)
        if (some) some.push(one)
        else byOwner.set(one.owned, [one])
      }
      return byOwner
    },
    has: (sid) => cases.has(sid),
    subject: (sid) => cases.get(sid),
    expectCommand(sid) {
      const open = cases.get(sid)?.open
      if (open) open.healedBy = 'command'
    },
    forgetLost(isOurs) {
      for (const one of [...cases.values()]) {
        const owned = isOurs(one.owned)
        if (owned) one.owned = owned
        else close(one, 'takeover')
      }
    },
    counts() {
      const counts: Partial<Record<State, number>> = {}
      for (const { open } of cases.values()) {
        const state = open?.finding.state ?? 'settling'
        counts[state] = (counts[state] ?? 0) + 1
      }
      return counts
    },
  }
}

/** As the memory knows it; of a session that only Redis has, as Redis does. */
function playerOf({ record, copies: { redis } }: Look): { dbref: string; name: string } | null {
  const { player, playerName } = record ?? (redis.kind === 'read' ? redis.fields : {})
  return player ? { dbref: player, name: playerName || player } : null
}
