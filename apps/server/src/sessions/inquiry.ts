import type { Effects, GameContext, WorkTools } from '@holdfast/store'
import type { SessionRecord } from '@holdfast/store/contracts'
import type { Texts } from '../text/texts.ts'
import type { Passwords } from '../world/passwords.ts'
import type { World } from '../world/world.ts'

/** HOLDFAST_LOGIN_WITHOUT_REDIS: whether a player may play whose login Redis has not stored. */
export type LoginPolicy = 'allow' | 'deny'

/** What answers and work may use of the game's parts. */
export interface GameParts {
  readonly world: World
  readonly passwords: Passwords
  readonly texts: Texts
  readonly loginWithoutRedis: LoginPolicy
}

/**
 * A kind of question that is worked on beside the partition's line. `work` may run more than once for one question and
 * changes nothing; `answered` runs once, on the line.
 */
export interface Inquiry {
  readonly kind: string
  work(job: { session: SessionRecord; content: string; tools: WorkTools } & GameParts): Promise<string>
  answered(turn: { session: SessionRecord; content: string; answer: string; context: GameContext } & GameParts): Effects
}
