import { randomBytes } from 'node:crypto'
import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { type Console, openConsole, type Submitted } from '@holdfast/store'
import type {
  Cell,
  Command,
  CommandRequest,
  CommandState,
  Copy,
  DivergenceItem,
  SessionDetail,
  SessionRow,
  Sid,
  State,
} from '@holdfast/store/contracts'
import type { Game } from './game.ts'

/** What a wizard sees: the console's read model over a running game, opened by the test as the console opens it. */
export interface Wizard {
  readonly console: Console
  /** The row of a player who was let in; waits for it. Its version stays as it is until the player types again. */
  row(playerName: string): Promise<SessionRow>
  /** Every session listed, whatever the number. */
  rows(): SessionRow[]
  detail(sid: Sid): SessionDetail
  /** The open or healed divergence of a session that fits, when it is there within `ms`. */
  divergence(sid: Sid, ms: number, fits: (item: DivergenceItem) => boolean): Promise<DivergenceItem>
  /** Resolves when every session listed is in one of these states. */
  allIn(states: readonly State[], ms: number): Promise<void>
  /** Gives a command as a wizard. Its id is made where none is given. */
  order(request: Omit<CommandRequest, 'id'> & { id?: string }): Promise<Submitted>
  /** The same, for a command that must be taken. */
  command(request: Omit<CommandRequest, 'id'> & { id?: string }): Promise<Command>
  /** Resolves when the command has come to this state; throws where it ends in another. */
  commandIn(id: string, state: CommandState): Promise<Command>
  close(): Promise<void>
}

const ROW_MS = 15_000
const COMMAND_MS = 30_000
const ENDS: readonly CommandState[] = ['verified', 'failed', 'timed-out', 'superseded', 'refused']
const BY = { name: 'Wizard', dbref: '#1' }
const PAGE = 200

export const SECRET = randomBytes(32).toString('hex')

export async function openWizard(game: Pick<Game, 'process' | 'redisUrl'>): Promise<Wizard> {
  const kafka = await game.process('kafka')
  const opened = await openConsole({
    redisUrl: game.redisUrl,
    brokers: [`127.0.0.1:${kafka.ports.kafka}`],
    secret: SECRET,
    incarnation: `wizard-${randomBytes(4).toString('hex')}`,
    clock: systemClock,
    logger: createLogger({ name: 'wizard', level: 'error' }),
    metrics: createMetrics(),
  })

  const page = (offset: number) => {
    const answer = opened.sessions({ offset, limit: PAGE, sort: 'handle' })
    if (!answer.ok) throw new Error(answer.problem)
    return answer.value
  }
  const rows = (): SessionRow[] => {
    const found: SessionRow[] = []
    for (let answer = page(0); ; answer = page(found.length)) {
      found.push(...answer.items)
      if (answer.items.length === 0 || found.length >= answer.total) return found
    }
  }

  const order: Wizard['order'] = ({ id = `order-${randomBytes(6).toString('hex')}`, ...request }) =>
    opened.commands.submit({ id, ...request }, BY, (filter) => {
      const resolved = opened.resolve(filter)
      return resolved.ok ? { kind: 'sids', sids: resolved.sids } : { kind: 'refused', problem: resolved.problem }
    })

  return {
    console: opened,
    order,
    async command(request) {
      const submitted = await order(request)
      if (submitted.kind !== 'accepted') throw new Error(`not taken: ${JSON.stringify(submitted)}`)
      return submitted.command
    },
    commandIn: (id, state) =>
      waitUntil(
        () => {
          const command = opened.commands.get(id)
          if (command?.state === state) return command
          const text = `${id} is ${command?.state}: ${JSON.stringify(command?.results)}`
          if (command && ENDS.includes(command.state) && command.state !== 'timed-out') throw new Error(text)
          return undefined
        },
        { timeoutMs: COMMAND_MS, everyMs: 50, what: `${id} ${state}` },
      ),
    rows,
    row: (playerName) =>
      waitUntil(
        () => {
          const found = rows().find(({ player, status }) => player?.name === playerName && status !== 'closed')
          const waits = found && opened.session(found.sid)?.fields.find(({ name }) => name === 'waitingFor')
          return waits?.cells.server.kind === 'value' ? undefined : found
        },
        { timeoutMs: ROW_MS, what: `a session of ${playerName}` },
      ),
    detail(sid) {
      const detail = opened.session(sid)
      if (!detail) throw new Error(`the console knows no session ${sid}`)
      return detail
    },
    divergence: (sid, ms, fits) =>
      waitUntil(() => opened.divergence().items.find((item) => item.sid === sid && fits(item)), {
        timeoutMs: ms,
        everyMs: 100,
        what: `the divergence of ${sid}`,
      }),
    async allIn(states, ms) {
      await waitUntil(
        () => {
          const others = rows().filter(({ state, status }) => status !== 'closed' && !states.includes(state))
          if (others.length > 0) throw new Error(others.map(({ sid, state }) => `${sid} ${state}`).join('; '))
          return true
        },
        { timeoutMs: ms, everyMs: 100, what: `every session ${states.join(' or ')}` },
      )
    },
    close: () => opened.close(),
  }
}

/** A field's cell, as text: `value "x"`, `absent`, `not-held`, `unknown`. */
export function cellText(detail: Pick<SessionDetail, 'fields'>, field: string, copy: Copy): string {
  const cell: Cell | undefined = detail.fields.find(({ name }) => name === field)?.cells[copy]
  if (!cell) return 'no such field'
  return cell.kind === 'value' ? `value ${JSON.stringify(cell.value)}` : cell.kind
}
