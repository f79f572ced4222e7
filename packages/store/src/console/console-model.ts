import type { Clock } from '@holdfast/runtime'
import type { Beat, SessionRow, ShownEvent, Sid } from '../contracts/index.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { RedisCopy } from '../redis/redis-copies.ts'
import { type CopiesTable, createCopiesTable } from './copies-table.ts'
import { createDivergenceList, type DivergenceList } from './divergence-list.ts'
import { createEventRing, type EventRing } from './event-ring.ts'
import type { Judged } from './judgement.ts'
import { missedProcesses } from './missed-processes.ts'
import { createProcessTable, type ProcessTable, REPLACED_LISTED_MS } from './process-table.ts'
import { createReadingSchedule, type ReadingSchedule } from './reading-schedule.ts'
import { createRowChanges, type RowChanges } from './row-changes.ts'
import { withIdle } from './session-row.ts'
import { createSessionTable, isWrong, type SessionTable, type Shown } from './session-table.ts'
import { createSilenceWatch, type SilenceWatch } from './silence-watch.ts'
import { isRead, lookAtSources, type SourceLook } from './source-look.ts'
import { createTrendRing, type TrendRing } from './trend-ring.ts'

/** How long a tick, and a question, may judge sessions before it lets others work. What an answer shows is judged anyway. */
const TICK_JUDGES_MS = 20
const QUESTION_JUDGES_MS = 10
const DUE_EVERY_MS = 1_000

/** How the console's own reading stands; asked at each look. */
export interface ReadingFacts {
  kafkaSilentMs: number
  /** When all that memories publish had last been read, monotonic; null before the first time. */
  copiesReadAsOf: number | null
  redisAnsweredAt: number | null
}

export interface ConsoleModelOptions {
  clock: Clock
  reading: () => ReadingFacts
  onListenerFailed: (error: unknown) => void
  onEvent?: ((event: ShownEvent) => void) | undefined
}

/** What a console knows, in memory; answers are made of it (console-answers.ts) and readers feed it (read-model.ts). */
export interface ConsoleModel {
  /** `readAsOf`: when the topic had last been read to its end. */
  applyState(record: LogRecord): void
  applyBeat(beat: Beat, readAsOf: number): void
  applyEvent(record: LogRecord): void
  putStored(sid: Sid, stored: RedisCopy, readAt: number): void
  /** What is due at each tick: sources that fell silent or came back, changed sessions, what time alone changes. */
  tick(): void
  /** A look at all sources, for an answer, with what it changes judged: all of it, or as much as an answer can wait for. */
  look(howMuch?: 'all' | 'some'): SourceLook
  judgeNow(sid: Sid, look: SourceLook): { judged: Judged; shown: Shown } | null
  readonly copies: CopiesTable
  readonly processes: ProcessTable
  readonly sessions: SessionTable
  readonly schedule: ReadingSchedule
  readonly divergence: DivergenceList
  readonly events: EventRing
  readonly changes: RowChanges
  readonly trend: TrendRing
  readonly silence: SilenceWatch
}

export function createConsoleModel({ clock, reading, onListenerFailed, onEvent }: ConsoleModelOptions): ConsoleModel {
  const processes = createProcessTable(clock)
  const schedule = createReadingSchedule()
  const divergence = createDivergenceList()
  const trend = createTrendRing(clock)
  let signature = ''
  let dueAt = clock.monotonic()

  const copies = createCopiesTable({
    now: clock.now,
    onChanged(sid) {
      sessions.touch(sid)
      schedule.add(sid)
    },
    onOwner: (owner, partition) => {
      const { copiesReadAsOf } = reading()
      if (copiesReadAsOf !== null) processes.holds(owner, partition, copiesReadAsOf)
    },
  })
  const sessions = createSessionTable({
    get: copies.get,
    all: copies.all,
    drop: copies.drop,
    onRow: (sid, before) => changes.note(sid, before),
    onJudged(judged, shown, look) {
      const { sid, state } = shown.row
      schedule.suspect(sid, state === 'settling' || isWrong(state))
      divergence.judged(sid, judged, shown, look)
    },
    onDropped(sid, look) {
      schedule.remove(sid)
      divergence.dropped(sid, look)
    },
  })
  const rowOf = (sid: Sid): SessionRow | null => {
    const shown = sessions.get(sid)
    return shown?.isListed ? withIdle(shown.row, shown.facts, clock.now()) : null
  }
  const silence = createSilenceWatch(processes, copies.ownerOf)
  const changes = createRowChanges({ clock, rowOf, onListenerFailed })
  const events = createEventRing((sid) => {
    const player = sessions.get(sid)?.row.player
    return player ? `${player.dbref} ${player.name}` : null
  })

  /** A new look; where a source has fallen silent or come back since the last, everything is judged anew. */
  const lookAnew = (judgeMs: number): SourceLook => {
    const look = lookAtSources({
      moment: { monotonic: clock.monotonic(), wall: clock.now() },
      ...reading(),
      processes,
      ownerOf: copies.ownerOf,
    })
    silence.heed(look)
    const now = look.signature()
    if (now !== signature) {
      signature = now
      changes.bump()
      sessions.touchAll()
    }
    const until = clock.monotonic() + judgeMs
    sessions.judgeTouched(look, () => clock.monotonic() <= until)
    return look
  }

  const sweep = (look: SourceLook): void => {
    const long = [...processes.all()].filter(({ id }) => silence.silentMs(id, look) >= REPLACED_LISTED_MS)
    const missed = long.length === 0 ? [] : missedProcesses(processes.all(), sessions.listed(), look)
    processes.sweep((known) => long.includes(known) && !missed.some(({ id }) => id === known.id))
  }

  const apply = (event: ShownEvent): void => {
    changes.bump()
    divergence.told(event, clock.monotonic())
    // An auditor has seen something, or put it right: what this console has read of it may be from before.
    if (event.type.startsWith('divergence.') && event.sid && copies.get(event.sid)) schedule.hurry(event.sid)
  }

  return {
    applyState: (record) => copies.apply(record),
    applyBeat(beat, readAsOf) {
      processes.heard(beat, readAsOf)
      changes.bump()
    },
    applyEvent(record) {
      const event = events.apply(record)
      if (!event) return
      apply(event)
      onEvent?.(event)
    },
    putStored: (sid, stored, readAt) => copies.putStored(sid, stored, readAt),
    tick() {
      const isDue = clock.monotonic() >= dueAt
      if (isDue) {
        dueAt = clock.monotonic() + DUE_EVERY_MS
        sessions.touchDue(clock.now())
        for (const sid of divergence.toConfirm()) sessions.touch(sid)
      }
      const look = lookAnew(TICK_JUDGES_MS)
      if (isDue) sweep(look)
      trend.note(reading().copiesReadAsOf === null ? null : { counts: sessions.counts, away: awayIn(look) })
    },
    look: (howMuch = 'some') => lookAnew(howMuch === 'all' ? Number.POSITIVE_INFINITY : QUESTION_JUDGES_MS),
    judgeNow: (sid, look) => sessions.judgeNow(sid, look),
    copies,
    processes,
    sessions,
    schedule,
    divergence,
    events,
    changes,
    trend,
    silence,
  }
}

function awayIn({ redis, log }: SourceLook): 'redis' | 'kafka' | 'both' | null {
  if (isRead(redis)) return isRead(log) ? null : 'kafka'
  return isRead(log) ? 'redis' : 'both'
}
