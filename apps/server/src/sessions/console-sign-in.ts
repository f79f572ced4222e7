import { createHash } from 'node:crypto'
import type { SignInReply } from '@holdfast/store'
import type { SignInQuestion } from '@holdfast/store/contracts'
import { nameProblem } from '../world/names.ts'
import type { Passwords } from '../world/passwords.ts'
import {
  type Credentials,
  type Dbref,
  FIRST_WIZARD,
  formatDbref,
  parseDbref,
  WIZARD_FLAG,
  type World,
  type WorldObject,
  type WorldReader,
} from '../world/world.ts'

interface Character {
  readonly credentials: Credentials
  readonly player: WorldObject
}

const UNAVAILABLE: SignInReply = { answer: { kind: 'unavailable' }, who: null }

/** Asked for in place of a name that no character can have: Postgres refuses some of them (NUL), and would seem to be away. */
const NOBODYS_NAME = ''

/**
 * Who may use the console: wizards, by the password that they play with. A name that nobody has, a wrong password and a
 * player who is no wizard get the same answer by the same way in the same time (two rows are read and one hash is worked out
 * each time), so that the console tells nobody which names exist.
 */
export function createConsoleSignIn({ world, passwords }: { world: World; passwords: Passwords }) {
  const byPassword = async (name: string, password: string): Promise<SignInReply> => {
    const asked = nameProblem(name) === null ? name : NOBODYS_NAME
    const read = await world.read((reader) => characterOf(reader, (from) => from.credentials(asked)), { patient: true })
    if (read.kind === 'unavailable') return UNAVAILABLE
    const character = read.value
    const verdict = await passwords.verify(character?.credentials.passwordHash ?? null, password)
    if (verdict.kind === 'busy') return UNAVAILABLE
    return verdict.kind === 'right' ? replyTo(character) : { answer: { kind: 'refused' }, who: nameOf(character) }
  }

  const byDbref = async (dbref: Dbref | null): Promise<SignInReply> => {
    if (dbref === null) return { answer: { kind: 'refused' }, who: null }
    const read = await world.read((reader) => characterOf(reader, (from) => from.credentialsOf(dbref)), {
      patient: true,
    })
    return read.kind === 'unavailable' ? UNAVAILABLE : replyTo(read.value)
  }

  return (question: SignInQuestion): Promise<SignInReply> =>
    'password' in question ? byPassword(question.name, question.password) : byDbref(parseDbref(question.dbref))
}

/** Reads as many rows for a name that nobody has as for another. */
async function characterOf(
  reader: WorldReader,
  find: (reader: WorldReader) => Promise<Credentials | null>,
): Promise<Character | null> {
  const credentials = await find(reader)
  const player = await reader.object(credentials?.dbref ?? FIRST_WIZARD)
  return credentials && player ? { credentials, player } : null
}

function replyTo(character: Character | null): SignInReply {
  const who = nameOf(character)
  if (!character || !isWizard(character.player)) return { answer: { kind: 'refused' }, who }
  const { credentials, player } = character
  const credentialEpoch = epochOf(credentials)
  return { answer: { kind: 'wizard', dbref: formatDbref(player.dbref), name: player.name, credentialEpoch }, who }
}

const nameOf = (character: Character | null): string | null => character?.player.name ?? null

const isWizard = ({ dbref, flags }: WorldObject): boolean => dbref === FIRST_WIZARD || flags.includes(WIZARD_FLAG)

/** Another for each password that was ever set: the hash has a salt of its own. It tells nothing of either. */
const epochOf = ({ passwordHash }: Credentials): string =>
  createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22)
