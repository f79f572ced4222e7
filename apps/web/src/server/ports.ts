import type { Console } from '@holdfast/store'
import type { Audit, Changed, Command, CommandRequest, Sid, SignInAnswer } from '@holdfast/store/contracts'

/** What the handlers need of the state layer's console. */

export type Reads = Pick<
  Console,
  'sessions' | 'session' | 'divergence' | 'queues' | 'events' | 'health' | 'pulse' | 'resolve' | 'subscribe' | 'status'
>

export type Resolved = { kind: 'sids'; sids: readonly Sid[] } | { kind: 'refused'; problem: string }

export type Submitted =
  | { kind: 'accepted' | 'known'; command: Command }
  | { kind: 'conflict'; problem: string; changed: readonly Changed[] }
  | { kind: 'refused' | 'busy' | 'unavailable'; problem: string }

export interface Commands {
  submit(
    request: CommandRequest,
    by: { name: string; dbref: string },
    resolve: (filter: string) => Resolved,
  ): Promise<Submitted>
  get(id: string): Command | null
  audit(page: { cursor: string | null; limit: number }): Audit | null
}

export interface SignIns {
  signIn(name: string, password: string): Promise<SignInAnswer>
  standing(dbref: string): Promise<SignInAnswer>
}

export interface ConsolePort extends Reads {
  readonly commands: Commands
  readonly signIns: SignIns
}
