import { waitUntil } from '@holdfast/runtime/testing'
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

/** The session that is bound to a player of this name. */
export async function sessionOf(redis: Redis, playerName: string): Promise<SessionHash> {
  const found = (await readSessions(redis)).filter(({ fields }) => fields.playerName === playerName)
  const [first] = found
  if (!first || found.length > 1) throw new Error(`${found.length} sessions of ${playerName}`)
  return first
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
