import type { Effect } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import { lines, show } from '../effects/output.ts'
import { askToConnect, askToCreate } from '../sessions/login.ts'
import { update } from '../sessions/session-service.ts'
import { PASSWORD_LENGTH_MAX, PLAYER_NAME_LENGTH_MAX } from '../world/names.ts'
import { LOGIN_KEY } from './reserved-meta.ts'

/** What the password is for: to connect, to connect hidden, or for a new character. */
export type PromptFor = 'connect' | 'hidden' | 'create'

const PROMPTED = /^(connect|hidden|create) (.*)$/s

/**
 * `connect name` and `create name` alone: asks for the password with the echo off. The next line is the password. The wish is
 * kept in the session, so that this holds also for a server that takes over between the two lines.
 */
export function promptForPassword(session: SessionRecord, what: PromptFor, name: string): readonly Effect[] {
  // One character more than any name has, so that no name is taken for a shorter one.
  const wish = `${what} ${name.slice(0, PLAYER_NAME_LENGTH_MAX + 1).toWellFormed()}`
  return [
    update({ [LOGIN_KEY]: wish }),
    show(
      [session],
      [
        { kind: 'echo', on: false },
        { kind: 'prompt', text: 'Password: ' },
      ],
    ),
  ]
}

/** Whether the next line is the password that was asked for. */
export const awaitsPassword = ({ meta }: SessionRecord): boolean => Object.hasOwn(meta, LOGIN_KEY)

/** The line after `Password:`, which is never a command. */
export function takePassword(session: SessionRecord, inputSequence: number, line: string): readonly Effect[] {
  const [, what = 'connect', name = ''] = PROMPTED.exec(session.meta[LOGIN_KEY] ?? '') ?? []
  const refusal = what === 'create' ? 'No password, no character.' : 'No password, no login.'
  const shown: Effect[] = [
    update({ [LOGIN_KEY]: null }),
    show([session], [{ kind: 'echo', on: true }, ...(line === '' ? [lines(refusal)] : [])]),
  ]
  if (line === '') return shown
  const password = boundedPassword(line)
  if (what === 'create') return [...shown, ...askToCreate(session, { name, password, inputSequence })]
  return [...shown, ...askToConnect({ name, password, hidden: what === 'hidden', inputSequence })]
}

/** No password is longer, and what is hashed costs time by its length; one more, so that it is wrong. */
export const boundedPassword = (password: string): string => password.slice(0, PASSWORD_LENGTH_MAX + 1)
