import type { HeardLine, Hearing } from './hearing.ts'

/** What any client does, whatever it is connected by. */
export interface Client extends Pick<Hearing, 'lines' | 'waitFor'> {
  readonly isOpen: boolean
  /** Resolves when the other side has closed, or the socket broke, with the monotonic ms. */
  readonly closed: Promise<number>
  send(line: string): void
  /** Sends a line and waits for an answer that was not there before. */
  ask(line: string, pattern: string | RegExp, ms: number): Promise<HeardLine>
  /** Closes from this side. */
  hangUp(): void
}
