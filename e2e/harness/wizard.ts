import { randomBytes } from 'node:crypto'
import { createLogger, createMetrics, systemClock } from '@holdfast/runtime'
import { waitUntil } from '@holdfast/runtime/testing'
import { type Console, openConsole } from '@holdfast/store'
import type { Cell, Copy, DivergenceItem, SessionDetail, SessionRow, Sid, State } from '@holdfast/store/contracts'
import type { Game } from './game.ts'

/** What a wizard sees: the console's read model over a running game, opened by the test as the console opens it. */
export interface Wizard {
  readonly console: Console
  /** The row of a logged-in player; waits for it. */
  row(playerName: string): Promise<SessionRow>
  /** Every session listed, whatever the number. */
  rows(): SessionRow[]
  detail(sid: Sid): SessionDetail
  /** The open or healed divergence of a session that fits, when it is there within `ms`. */
  divergence(sid: Sid, ms: number, fits: (item: DivergenceItem) => boolean): Promise<DivergenceItem>
  /** Resolves when every session listed is in one of these states. */
  allIn(states: readonly State[], ms: number): Promise<void>
  close(): Promise<void>
}

const ROW_MS = 15_000
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

  return {
    console: opened,
    rows,
    row: (playerName) =>
      waitUntil(() => rows().find(({ player, status }) => player?.name === playerName && status !== 'closed'), {
        timeoutMs: ROW_MS,
        what: `a session of ${playerName}`,
      }),
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
