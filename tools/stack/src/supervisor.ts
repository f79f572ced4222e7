import type { Clock } from '@holdfast/runtime'
import type { ProcessTable } from './process-table.ts'
import type { Say } from './programs.ts'
import type { Launched, Role } from './service.ts'
import { type Child, type ChildSpec, supervise } from './supervise.ts'

export interface Supervisor {
  /** Starts a child and keeps it running. Resolves when it answers for the first time; rejects with one line. */
  add(spec: ChildSpec): Promise<Launched>
  /** Starts the children of these roles again. */
  restart(roles: ReadonlySet<Role>, reason: string): void
  /** Stops all in order; no child is left when it resolves. */
  stop(): Promise<void>
  /** Ends all at once, by force. */
  killNow(): void
}

/**
 * The console first: it only looks, and while it does, all it looks at is there. Then gateways: what they say last (who left, what was typed) must reach Kafka while servers still read it. Then the
 * servers, which write what they hold to Redis and Postgres. Only then the services, which need nothing of each other.
 */
const STOP_ORDER: readonly (readonly Role[])[] = [['web'], ['gateway'], ['server'], ['kafka', 'postgres', 'redis']]

export function createSupervisor(parts: { table: ProcessTable; clock: Clock; say: Say }): Supervisor {
  const children: Child[] = []
  return {
    add(spec) {
      const child = supervise(spec, parts)
      children.push(child)
      return child.firstReady
    },
    restart(roles, reason) {
      for (const child of children) if (roles.has(child.role)) child.restart(reason)
    },
    async stop() {
      for (const roles of STOP_ORDER) {
        await Promise.all(children.filter(({ role }) => roles.includes(role)).map((child) => child.stop()))
      }
    },
    killNow() {
      for (const child of children) child.killNow()
    },
  }
}
