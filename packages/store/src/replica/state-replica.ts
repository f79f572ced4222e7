import {
  type Partition,
  parseSid,
  partitionOf,
  type SessionRecord,
  type Sid,
  type StateRecordOf,
  stateRecordSchema,
  type WaitingWrite,
} from '../contracts/index.ts'
import { decode } from '../kafka/envelope.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { SessionsView } from '../partition/game.ts'

const GATEWAY_KEY = '/gateway'

interface Entry {
  record: SessionRecord
  epoch: number
  /** What the indexes hold of it: an own record changes in place. */
  room: string | null
  player: string | null
  /** What its owner said that Redis has not acknowledged. */
  pending: WaitingWrite | null
}

export interface PublishedPosition {
  epoch: number
  offset: number
}

/** The gateway's memory copy of a session, as it was last published. */
export type GatewayCopy = StateRecordOf<'connection'>

export interface StateReplica extends SessionsView {
  /** Takes a record of `holdfast.state`. Unreadable ones are counted and passed over. */
  apply(record: LogRecord): void
  /** An own session as it is now, by reference; own memory is newer than anything read back. */
  putOwn(record: SessionRecord, epoch: number): void
  endOwn(sid: Sid, epoch: number, at: number): void
  /** The partition is somebody else's now: what was own stays as last known until its owner publishes. */
  disown(partition: Partition): void
  ofPartition(partition: Partition): readonly SessionRecord[]
  /** sid -> when it ended, epoch ms. */
  endedOf(partition: Partition): ReadonlyMap<Sid, number>
  /** The key has been given null, so nobody needs to remember it. */
  forgetEnded(sid: Sid): void
  position(partition: Partition): PublishedPosition | undefined
  /** What the session's gateway last published of it; undefined where it holds none. */
  connectionOf(sid: Sid): GatewayCopy | undefined
  /** What another owner last said of the session's writes that wait; null for nothing, and for own sessions. */
  pendingOf(sid: Sid): WaitingWrite | null
  /** Sessions of which another owner last said that Redis refuses them for good. */
  deadLettersOf(partition: Partition): readonly SessionRecord[]
  readonly unreadable: number
}

/**
 * All sessions of all servers, from `holdfast.state`: what WHO, rooms and routing read without waiting. A record of an
 * older epoch than its partition has shown is a late word of a former owner, and is passed over.
 */
export function createStateReplica(): StateReplica {
  const entries = new Map<Sid, Entry>()
  const ended = new Map<Partition, Map<Sid, number>>()
  const connections = new Map<Sid, GatewayCopy>()
  const positions = new Map<Partition, PublishedPosition>()
  const epochs = new Map<Partition, number>()
  const owned = new Set<Partition>()
  const rooms = createIndex()
  const players = createIndex()
  const handles = new Map<number, Sid>()
  const deadLetters = new Set<Sid>()
  let unreadable = 0

  const put = (record: SessionRecord, epoch: number, pending: WaitingWrite | null): void => {
    const { sid, handle } = record
    const room = record.loginState === 'loggedIn' ? record.room : null
    const { player } = record
    const old = entries.get(sid)
    if (old?.room !== room) {
      rooms.remove(old?.room ?? null, sid)
      rooms.add(room, sid)
    }
    if (old?.player !== player) {
      players.remove(old?.player ?? null, sid)
      players.add(player, sid)
    }
    handles.set(handle, sid)
    ended.get(partitionOf(sid))?.delete(sid)
    entries.set(sid, { record, epoch, room, player, pending })
    if (pending?.isDead) deadLetters.add(sid)
    else deadLetters.delete(sid)
  }

  const end = (sid: Sid, at: number): void => {
    const old = entries.get(sid)
    if (old) {
      rooms.remove(old.room, sid)
      players.remove(old.player, sid)
      if (handles.get(old.record.handle) === sid) handles.delete(old.record.handle)
      entries.delete(sid)
      deadLetters.delete(sid)
    }
    const partition = partitionOf(sid)
    const dead = ended.get(partition)
    if (dead) dead.set(sid, at)
    else ended.set(partition, new Map([[sid, at]]))
  }

  /** False for a late word of a former owner, or for an echo of our own. */
  const accepts = (partition: Partition, epoch: number): boolean => {
    const known = epochs.get(partition) ?? 0
    if (epoch < known || (owned.has(partition) && epoch === known)) return false
    epochs.set(partition, epoch)
    owned.delete(partition)
    return true
  }

  const own = (sid: Sid, epoch: number): boolean => {
    const partition = partitionOf(sid)
    if (epoch < (epochs.get(partition) ?? 0)) return false
    epochs.set(partition, epoch)
    owned.add(partition)
    return true
  }

  const recordsOf = (sids: Iterable<Sid>): SessionRecord[] => {
    const records: SessionRecord[] = []
    for (const sid of sids) {
      const entry = entries.get(sid)
      if (entry) records.push(entry.record)
    }
    return records
  }

  return {
    apply({ key, value }) {
      if (value === null) {
        const sid = key?.endsWith(GATEWAY_KEY) ? parseSid(key.slice(0, -GATEWAY_KEY.length)) : null
        if (sid) connections.delete(sid)
        return
      }
      const decoded = decode(stateRecordSchema, value)
      if (!decoded.ok) {
        unreadable++
        return
      }
      const state = decoded.value
      if (state.kind === 'position') {
        const known = positions.get(state.partition)
        if (!known || state.epoch >= known.epoch)
          positions.set(state.partition, { epoch: state.epoch, offset: state.offset })
        accepts(state.partition, state.epoch)
      } else if (state.kind === 'session') {
        if (accepts(partitionOf(state.record.sid), state.epoch)) put(state.record, state.epoch, state.pending)
      } else if (state.kind === 'connection') {
        connections.set(state.sid, state)
      } else if (state.kind === 'ended' && accepts(partitionOf(state.sid), state.epoch)) end(state.sid, state.at)
    },
    putOwn(record, epoch) {
      if (own(record.sid, epoch)) put(record, epoch, null)
    },
    endOwn(sid, epoch, at) {
      if (own(sid, epoch)) end(sid, at)
    },
    disown(partition) {
      owned.delete(partition)
      for (const [sid, entry] of entries) {
        if (partitionOf(sid) === partition) entry.record = structuredClone(entry.record)
      }
    },
    ofPartition: (partition) =>
      [...entries.values()].map(({ record }) => record).filter(({ sid }) => partitionOf(sid) === partition),
    endedOf: (partition) => ended.get(partition) ?? new Map(),
    forgetEnded: (sid) => void ended.get(partitionOf(sid))?.delete(sid),
    position: (partition) => positions.get(partition),
    connectionOf: (sid) => connections.get(sid),
    pendingOf: (sid) => entries.get(sid)?.pending ?? null,
    deadLettersOf: (partition) => recordsOf([...deadLetters].filter((sid) => partitionOf(sid) === partition)),
    get unreadable() {
      return unreadable
    },
    get: (sid) => entries.get(sid)?.record,
    byHandle(handle) {
      const sid = handles.get(handle)
      return sid === undefined ? undefined : entries.get(sid)?.record
    },
    inRoom: (room) => recordsOf(rooms.get(room)),
    ofPlayer: (player) => recordsOf(players.get(player)),
    all: () => [...entries.values()].map(({ record }) => record),
  }
}

/** key -> sids, in the order in which they came. */
function createIndex() {
  const sids = new Map<string, Set<Sid>>()
  return {
    add(key: string | null, sid: Sid): void {
      if (key === null) return
      const set = sids.get(key)
      if (set) set.add(sid)
      else sids.set(key, new Set([sid]))
    },
    remove(key: string | null, sid: Sid): void {
      if (key === null) return
      const set = sids.get(key)
      set?.delete(sid)
      if (set?.size === 0) sids.delete(key)
    },
    get: (key: string): Iterable<Sid> => sids.get(key) ?? [],
  }
}
