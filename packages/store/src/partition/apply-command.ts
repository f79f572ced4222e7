import type { SessionEvent, SessionEventOf, SessionRecord } from '../contracts/index.ts'
import type { LogRecord } from '../kafka/log-reader.ts'
import type { EndDesk } from './apply-end.ts'
import type { GameCommand } from './game.ts'
import type { LineDesk } from './line-desk.ts'
import type { Turn } from './turn.ts'

/** A change to a session that comes from elsewhere: another session, a timer, or a wizard. */
export function createCommandDesk(desk: LineDesk, { lastEffects, end }: EndDesk) {
  const { game, isCurrent, contextOf, askGame, poisoned } = desk

  /** Has the game do it, once under the event's id. `answered` remembers that, in the step that applies what the game said. */
  const obey = async (
    session: SessionRecord,
    command: GameCommand,
    event: SessionEvent,
    record: LogRecord,
    turn: Turn,
    answered: (isDone: boolean) => void = () => turn.rememberCommand(session, event.id),
  ): Promise<void> => {
    const effects = await askGame(() => game.command(session, command, contextOf(event, `c:${event.id}`)))
    // No gateway holds a detached session, so none would answer a `close` with the event: it ends here.
    const isEnd = command.kind === 'close' && session.status === 'detached'
    const last = isEnd ? await lastEffects(session, command.reason, event) : []
    if (!isCurrent()) return
    if (effects === null) poisoned(record, 'the command failed twice')
    answered(effects !== null)
    turn.apply(session.sid, effects ?? [], null)
    if (isEnd) end(session, command.reason, last, event, turn)
  }

  const applyCommand = async (
    session: SessionRecord,
    event: SessionEventOf<'command'>,
    record: LogRecord,
    turn: Turn,
  ): Promise<void> => {
    const { command } = event
    if (command.kind !== 'answer' && command.kind !== 'wizard') await obey(session, command, event, record, turn)
  }

  return { applyCommand, obey }
}

export type CommandDesk = ReturnType<typeof createCommandDesk>
