import type { Effect } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { actorOf, tell } from '../effects/output.ts'
import { disconnect } from '../sessions/session-service.ts'
import { FIRST_WIZARD, formatDbref } from '../world/world.ts'
import type { Command, Turn } from './command.ts'
import { matchPlayer } from './match-player.ts'

const BOOT_WHOM = 'Boot whom? @boot <player>, @boot/port <port>, or @boot/me for your other connections.'
const BOOT_OWN = '@boot/me ends your other connections; QUIT ends this one.'
const SHOWN_THE_DOOR = 'You are politely shown to the door.'

/**
 * `@boot Bob` ends all of Bob's sessions, `@boot/port 12` one by its handle (also one that is not logged in), `@boot/me`
 * one's own others, which every player may.
 */
export const boot: Command = {
  name: '@boot',
  at: 'game',
  inFull: true,
  switches: ['me', 'port'],
  run(turn) {
    const { session, words } = turn
    const { wizard, name } = actorOf(session)
    if (words.switches.includes('me')) return bootOwn(turn)
    const argument = words.argument.toLowerCase()
    if (argument === '') return [tell(session, wizard ? BOOT_WHOM : BOOT_OWN)]
    if (!wizard)
      return [tell(session, ['me', name.toLowerCase()].includes(argument) ? BOOT_OWN : "You can't boot other people!")]
    return words.switches.includes('port') ? bootHandle(turn) : bootPlayer(turn)
  },
}

const bootEach = (sessions: readonly SessionRecord[]): Effect[] =>
  sessions.map((each) => disconnect(each.sid, 'boot', SHOWN_THE_DOOR))

/** Nobody boots the first wizard, or no one could be left to undo it. */
const isProtected = (session: SessionRecord, by: string): boolean =>
  session.player === formatDbref(FIRST_WIZARD) && by !== session.player

function bootOwn({ session, context }: Turn): Effect[] {
  const { player } = actorOf(session)
  const others = context.sessions.ofPlayer(player).filter((each) => each.sid !== session.sid)
  const count = others.length === 1 ? '1 connection' : `${others.length} connections`
  return [
    tell(session, others.length === 0 ? 'You have no other connection.' : `${count} of yours booted.`),
    ...bootEach(others),
  ]
}

function bootHandle({ session, context, words }: Turn): Effect[] {
  const handle = /^\d{1,15}$/.test(words.argument) ? Number(words.argument) : 0
  const found = context.sessions.byHandle(handle)
  if (!found) return [tell(session, 'There is no such port.')]
  if (found.sid === session.sid) return [tell(session, "You can't boot yourself! Use QUIT.")]
  if (isProtected(found, actorOf(session).player)) return [tell(session, "You can't boot that player!")]
  const what = found.playerName === null ? `unconnected port ${handle}` : `port ${handle} (${found.playerName})`
  return [tell(session, `You booted ${what}!`), ...bootEach([found])]
}

function bootPlayer({ session, context, words }: Turn): Effect[] {
  const match = matchPlayer(words.argument, session, context.sessions)
  if (match.kind === 'many') return [tell(session, `I don't know which one you mean: ${match.names.join(', ')}.`)]
  if (match.kind === 'none') return [tell(session, 'That player is not connected.')]
  const { player, name } = match.found
  // All of them: a login that is still being stored would else outlast the boot.
  const sessions = context.sessions.ofPlayer(player)
  const [first] = sessions
  if (player === session.player)
    return [tell(session, "You can't boot yourself! Use QUIT, or @boot/me for your other connections.")]
  if (first && isProtected(first, actorOf(session).player)) return [tell(session, "You can't boot that player!")]
  return [tell(session, `You booted ${name} off!`), ...bootEach(sessions)]
}
