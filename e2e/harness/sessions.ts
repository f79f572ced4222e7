import { waitUntil } from '@holdfast/runtime/testing'
import { type Sid, sidSchema } from '@holdfast/store/contracts'
import type { Redis } from 'ioredis'
import type { Player } from './player.ts'

/** A session as `redis-cli hgetall` shows it. */
export type SessionHash = { readonly key: string; readonly fields: Readonly<Record<string, string>> }

/** Every session hash in Redis. */
export async function readSessions(redis: Redis): Promise<SessionHash[]> {
  const found: SessionHash[] = []
  for (const key of await redis.keys('hf:{*}:s:*')) {
    const fields = await redis.hgetall(key)
    if (Object.keys(fields).length > 0) found.push({ key, fields })
  }
  return found
}

/** The session's id, which is the end of its key. */
export const sidOf = ({ key }: SessionHash): Sid => sidSchema.parse(key.split(':s:').at(-1))

/** The one session that is bound to a player of this name; waits for it, since what waits for Redis is told all the same. */
export function sessionOf(redis: Redis, playerName: string): Promise<SessionHash> {
  return waitUntil(
    async () => {
      const found = (await readSessions(redis)).filter(({ fields }) => fields.playerName === playerName)
      if (found.length > 1) throw new Error(`${found.length} sessions`)
      return found[0]
    },
    { what: `one session of ${playerName} in Redis` },
  )
}

/** Which server, by its incarnation, owns the partition of this session. */
export async function ownerOf(redis: Redis, session: SessionHash): Promise<string> {
  const partition = /^(hf:\{\d+\}):/.exec(session.key)?.[1]
  const owner = await redis.hget(`${partition}:owner`, 'owner')
  if (owner === null) throw new Error(`nobody owns ${partition}`)
  return owner
}

/**
 * Resolves when Redis holds one logged-in session for each of these players and no other, each with exactly the number of
 * lines that its client has sent.
 */
export async function untilStored(redis: Redis, players: readonly Player[], ms: number): Promise<void> {
  await waitUntil(
    async () => {
      const stored = (await readSessions(redis)).map(({ fields }) =>
        [fields.playerName, fields.loginState, fields.status, fields.inputSequence].join(' '),
      )
      const wanted = players.map((player) => [player.name, 'loggedIn', 'connected', player.sent()].join(' '))
      const odd = [
        ...wanted.filter((each) => !stored.includes(each)).map((each) => `not stored: ${each}`),
        ...stored.filter((each) => !wanted.includes(each)).map((each) => `stored: ${each}`),
      ]
      if (odd.length > 0) throw new Error(odd.join('; '))
      return true
    },
    { timeoutMs: ms, everyMs: 100, what: 'the sessions in Redis as they are' },
  )
}

/** The names that WHO lists, sorted, as this player reads them. Throws where its count is not that of its lines. */
export async function whoNames(player: Player, ms: number): Promise<string[]> {
  const since = player.lines.length
  await player.ask('WHO', /^There (is|are) .*connected\.$/, ms)
  const heard = player.lines.slice(since).map(({ text }) => text)
  const first = heard.findIndex((text) => text.startsWith('Player Name'))
  const end = heard.findIndex((text) => /^There (is|are) .*connected\.$/.test(text))
  const rows = heard.slice(first + 1, end)
  const told = /^There (?:is|are) (\d+)/.exec(heard[end] ?? '')?.[1]
  if (first === -1 || Number(told) !== rows.length) throw new Error(`WHO does not add up:\n${heard.join('\n')}`)
  return rows.map((row) => row.split(' ')[0] ?? '').sort()
}

/**
 * Resolves when WHO lists exactly these names for this player. Its server knows sessions of other servers a moment later
 * than their words are heard: that is another topic.
 */
export async function untilWho(player: Player, names: readonly string[], ms: number): Promise<void> {
  const wanted = [...names].sort().join(' ')
  await waitUntil(
    async () => {
      const listed = (await whoNames(player, ms)).join(' ')
      if (listed !== wanted) throw new Error(`WHO lists ${listed}`)
      return true
    },
    { timeoutMs: ms, everyMs: 100, what: `WHO of ${wanted}` },
  )
}

/** Resolves when the server of each of these players knows of all of them: what one says from now on, each must hear. */
export async function untilAllMet(players: readonly Player[], ms: number): Promise<void> {
  const meets = (player: Player) =>
    waitUntil(
      async () => {
        const listed = new Set(await whoNames(player, ms))
        return players.every(({ name }) => listed.has(name))
      },
      { timeoutMs: ms, everyMs: 100, what: `a WHO of ${player.name} with all who are here` },
    )
  await Promise.all(players.map(meets))
}
