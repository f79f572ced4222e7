import type { Client } from './client.ts'
import { connectTelnet, type TelnetClient } from './telnet-client.ts'
import { connectWeb, type WebClient } from './web-client.ts'

export interface Player extends Client {
  readonly name: string
  /** How many lines the game was sent by this client since it connected, logins included. */
  readonly sent: () => number
  /** Types `count` lines, one each `everyMs`, whatever comes back; `line(1)` is the first. */
  type(count: number, everyMs: number, line: (number: number) => string): Promise<void>
}

export type Door = { readonly telnetPort: number }
/** `httpPorts`: the gateway's first. `webPort`: of the page that its origins allow. */
export type WebDoor = { readonly httpPorts: readonly number[]; readonly webPort: number }

export const BANNER = 'what the sea does not take'
export const WELCOME = 'Welcome to Holdfast.'
const LOGIN_MS = 15_000
/** Logins that are under way at once: a password's hash takes a core some 20 ms. */
const LOGINS_AT_ONCE = 8

export const passwordOf = (name: string): string => `pass-word-of-${name}`

/** A connection that has read the banner and is nobody yet. */
export async function connectVisitor({ telnetPort }: Door, name = 'visitor'): Promise<Player & TelnetClient> {
  const client = await connectTelnet(telnetPort)
  await client.waitFor(BANNER, LOGIN_MS)
  return asPlayer(client, name)
}

/** The same by WebSocket, as the page has it. */
export async function connectWebVisitor(door: WebDoor, name = 'visitor'): Promise<Player & WebClient> {
  const client = await connectWeb(door.httpPorts[0] ?? 0, `http://127.0.0.1:${door.webPort}`)
  await client.waitFor(BANNER, LOGIN_MS)
  return asPlayer(client, name)
}

/** A new player, logged in. */
export async function createPlayer(door: Door, name: string, password = passwordOf(name)): Promise<Player> {
  const player = await connectVisitor(door, name)
  await player.ask(`create ${name} ${password}`, WELCOME, LOGIN_MS)
  return player
}

/** A player that exists, logged in. */
export async function loginPlayer(door: Door, name: string, password = passwordOf(name)): Promise<Player> {
  const player = await connectVisitor(door, name)
  await player.ask(`connect ${name} ${password}`, WELCOME, LOGIN_MS)
  return player
}

/** Players of these names, made a few at a time, in the order of the names. */
export async function createPlayers(door: Door, names: readonly string[]): Promise<[Player, ...Player[]]> {
  const made: Player[] = []
  for (let start = 0; start < names.length; start += LOGINS_AT_ONCE) {
    const some = names.slice(start, start + LOGINS_AT_ONCE)
    made.push(...(await Promise.all(some.map((name) => createPlayer(door, name)))))
  }
  const [first, ...others] = made
  if (!first) throw new Error('no names, no players')
  return [first, ...others]
}

export const hangUpAll = (players: readonly Pick<Client, 'hangUp'>[]): void => {
  for (const player of players) player.hangUp()
}

function asPlayer<C extends Client>(client: C, name: string): Player & C {
  let sent = 0
  const send = (line: string): void => {
    sent += 1
    client.send(line)
  }
  return {
    ...client,
    // Spreading would have read the getter once and for all.
    get isOpen() {
      return client.isOpen
    },
    name,
    sent: () => sent,
    send,
    ask(line, pattern, ms) {
      const since = client.lines.length
      send(line)
      return client.waitFor(pattern, ms, since)
    },
    type: (count, everyMs, line) =>
      new Promise((resolve) => {
        const startedAt = performance.now()
        let number = 0
        const next = (): void => {
          number += 1
          send(line(number))
          // By the time since the start: a late timer must not slow the typing down.
          if (number < count) setTimeout(next, Math.max(0, startedAt + number * everyMs - performance.now()))
          else resolve()
        }
        next()
      }),
  }
}
