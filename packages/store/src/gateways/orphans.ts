import { type Clock, messageOf } from '@holdfast/runtime'
import { isDetached, partitionOf, type SessionRecord, type Sid } from '../contracts/index.ts'
import type { Outbox } from '../partition/outbox.ts'
import type { OwnedPartition } from '../partition/owned-partition.ts'
import type { Detach, SessionScripts } from '../redis/session-scripts.ts'
import type { GatewayWitness } from './witness.ts'

/** Often, so that a killed gateway's sessions are detached within its lease (6 s) and a second. */
const LOOK_MS = 500
/** A record that was sent is back from the log by then; else it is sent again, and its repeat dropped. */
const SAID_AGAIN_MS = 5_000
/** Sessions detached in Redis at once. */
const AT_ONCE = 200

export interface OrphanEvents {
  onOrphaned(gateway: string, sessions: number): void
  /** Sessions to which nobody came back in time. */
  onForsaken(sessions: number): void
  /** Redis did not answer; it is tried again. */
  onFailed(problem: string): void
}

export interface OrphanSweepOptions {
  clock: Clock
  /** The partitions that are owned. */
  owned: () => Iterable<OwnedPartition>
  witness: GatewayWitness
  outbox: Pick<Outbox, 'lifecycle' | 'command'>
  scripts: Pick<SessionScripts, 'detach'>
  /** How long a session whose gateway died waits for its player. */
  graceMs: number
  events: OrphanEvents
}

/**
 * Keeps no session that nobody holds. One whose gateway is dead (witness.ts) is detached: in Redis at once, so that a late
 * write of that gateway is refused, and by a record of its partition. One that was detached is ended when its time is over,
 * by a record too; a player who comes back before has ended it (`replaced`).
 */
export function startOrphanSweep(options: OrphanSweepOptions): { close(): void } {
  const { clock, owned, witness, outbox, scripts, graceMs, events } = options
  /** Ids of records that may still be under way -> when they were sent, monotonic ms. */
  const said = new Map<string, number>()
  /** Detaches that were said, until memory has them; those that Redis has not acknowledged either. */
  const given = new Map<Sid, Detach>()
  const unstored = new Set<Sid>()
  let running = false

  const sessions = function* (): Iterable<SessionRecord> {
    for (const one of owned()) if (one.ready) yield* one.sessions.values()
  }

  /** Whether it was said now. */
  const say = (id: string, send: (id: string) => void): boolean => {
    if (said.has(id)) return false
    said.set(id, clock.monotonic())
    send(id)
    return true
  }

  const detach = (session: SessionRecord): boolean => {
    const { sid, connectionEpoch } = session
    const gatewayRevision = session.gatewayRevision + 1
    return say(`${sid}:d${connectionEpoch}.${gatewayRevision}`, (id) => {
      // Redis takes the first of several, the log the first that no last word of the gateway overtook: both get one time.
      const before = given.get(sid)
      const until = before?.connectionEpoch === connectionEpoch ? before.until : clock.now() + graceMs
      const event = { type: 'connection.detached', reason: 'lost', gatewayRevision, detachedUntil: until } as const
      outbox.lifecycle(session, event, id)
      given.set(sid, { connectionEpoch, gatewayRevision, reason: 'lost', until })
      unstored.add(sid)
    })
  }

  const detachAllOf = (gateway: string): void => {
    let count = 0
    for (const session of sessions()) {
      if (session.gateway === gateway && !isDetached(session) && detach(session)) count++
    }
    if (count > 0) events.onOrphaned(gateway, count)
  }

  /** Gateways that nobody hears, and their slots, as sessions name them. */
  const silentOnes = (): Map<string, number> => {
    const silent = new Map<string, number>()
    const heard = new Set<string>()
    for (const session of sessions()) {
      const { gateway, slot } = session
      if (heard.has(gateway) || silent.has(gateway) || isDetached(session)) continue
      if (witness.isSilent(gateway)) silent.set(gateway, slot)
      else heard.add(gateway)
    }
    return silent
  }

  const endForsaken = (): void => {
    const now = clock.now()
    let count = 0
    for (const session of sessions()) {
      const { sid, connectionEpoch, detachedUntil } = session
      if (!isDetached(session) || detachedUntil === null || detachedUntil > now) continue
      const close = { kind: 'close', reason: 'lost', text: null } as const
      if (say(`g:${sid}:${connectionEpoch}`, (id) => outbox.command(session, close, id))) count++
    }
    if (count > 0) events.onForsaken(count)
  }

  /** What is not ours any more is its owner's to see to; what memory has is done, once Redis has it too. */
  const forgetDone = (): void => {
    const lives = new Map([...owned()].map((one) => [one.partition, one]))
    for (const [sid, { connectionEpoch }] of given) {
      const life = lives.get(partitionOf(sid))
      const session = life?.sessions.get(sid)
      if (session?.connectionEpoch === connectionEpoch && !isDetached(session)) continue
      if (life && unstored.has(sid)) continue
      given.delete(sid)
      unstored.delete(sid)
    }
  }

  const storeOne = async (sid: Sid): Promise<void> => {
    const detach = given.get(sid)
    if (detach) await scripts.detach(sid, detach)
    unstored.delete(sid)
  }

  const storeDetaches = async (): Promise<void> => {
    forgetDone()
    while (unstored.size > 0) await Promise.all([...unstored].slice(0, AT_ONCE).map(storeOne))
  }

  const look = async (): Promise<void> => {
    for (const [gateway, slot] of silentOnes()) {
      if (await witness.isDead(gateway, slot)) detachAllOf(gateway)
    }
    await storeDetaches()
  }

  const timer = clock.setInterval(() => {
    witness.look()
    const before = clock.monotonic() - SAID_AGAIN_MS
    for (const [id, at] of said) if (at < before) said.delete(id)
    endForsaken()
    if (running) return
    running = true
    look()
      .catch((error: unknown) => events.onFailed(messageOf(error)))
      .finally(() => {
        running = false
      })
  }, LOOK_MS)
  return { close: () => timer.cancel() }
}
