import { refuse } from '../asked.ts'
import type { CalledHandler } from '../guard.ts'
import type { ConsolePort } from '../ports.ts'
import { json } from '../problem.ts'

/** `POST /api/commands/:id/stop`: any wizard may stop any wizard's. */
export function stopCommandHandler(console: () => ConsolePort | null): CalledHandler {
  return async (called) => {
    const model = console()
    if (model === null) return refuse(called, 'unavailable', { part: 'console', detail: 'The console is starting.' })
    const { name, dbref } = called.session
    const stopped = await model.commands.stop(called.params.id ?? '', { name, dbref })
    switch (stopped.kind) {
      case 'accepted':
        return json(stopped.command, 202)
      case 'known':
        return json(stopped.command)
      case 'unknown':
        return refuse(called, 'not-found', { detail: 'No such command.' })
      case 'refused':
        return refuse(called, 'refused', { detail: stopped.problem })
      case 'unavailable':
        return refuse(called, 'unavailable', { part: 'kafka', detail: stopped.problem })
    }
  }
}
