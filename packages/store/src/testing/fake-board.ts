import type { Clock } from '@holdfast/runtime'
import type { Beat, ControlRecord, ControlRecordOf } from '../contracts/index.ts'
import { type ControlBoard, type HeardBeat, SILENT_MS } from '../control/control-board.ts'
import { quietBeat } from './beats.ts'

export interface FakeBoard extends Pick<ControlBoard, 'on' | 'beatOf' | 'isAlive' | 'echoMs' | 'send'> {
  readonly sent: readonly ControlRecord[]
  /** A beat of a process is heard now. `server-1` is this process. */
  hear(process: string, beat?: Partial<Beat>): void
}

/** A board on which the test says who is heard. */
export function fakeBoard(clock: Clock): FakeBoard {
  const sent: ControlRecord[] = []
  const beats = new Map<string, HeardBeat>()
  const listeners = new Set<(record: ControlRecord) => void>()
  let echoAt = Number.NEGATIVE_INFINITY
  return {
    sent,
    send: (record) => void sent.push(record),
    on(kind, listener) {
      const isOfKind = (record: ControlRecord): record is ControlRecordOf<typeof kind> => record.kind === kind
      const heard = (record: ControlRecord): void => {
        if (isOfKind(record)) listener(record)
      }
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    beatOf: (process) => beats.get(process),
    isAlive(process) {
      const heard = beats.get(process)
      return heard !== undefined && !heard.beat.isLeaving && clock.monotonic() - heard.heardAt < SILENT_MS
    },
    get echoMs() {
      return clock.monotonic() - echoAt
    },
    hear(process, given = {}) {
      const beat = quietBeat(process, { at: clock.now(), ...given })
      beats.set(process, { beat, heardAt: clock.monotonic() })
      if (process === 'server-1') echoAt = clock.monotonic()
      for (const listener of listeners) listener(beat)
    },
  }
}
