import { type Logger, type Metrics, traceOf } from '@holdfast/runtime'
import { arrivalIn } from './arrival.ts'
import type { Handler, Route } from './asked.ts'
import type { RouteName } from './console-process.ts'
import { problem } from './problem.ts'

export interface Answering {
  /** A handler as a route: it always answers, and each answer is counted. */
  route(name: RouteName, handler: Handler): Route
  /** Resolves when no request is being answered; a stream's is answered when it begins. */
  idle(): Promise<void>
}

export function createAnswering(options: { logger: Logger; metrics: Metrics; newId: () => string }): Answering {
  const { logger, metrics, newId } = options
  const answered = metrics.counter('console_requests_total', 'Requests of the console’s API answered.', [
    'route',
    'status',
  ])
  let underWay = 0
  const waiting = new Set<() => void>()

  const done = (): void => {
    underWay -= 1
    if (underWay > 0) return
    for (const resolve of waiting) resolve()
    waiting.clear()
  }

  return {
    route: (name, handler) => async (request, params) => {
      const requestId = newId()
      underWay += 1
      let response: Response
      try {
        response = await handler({ request, params, arrival: arrivalIn(request.headers), requestId })
      } catch (error) {
        // Its message may hold what was asked for.
        logger.error({ route: name, requestId, trace: traceOf(error) }, 'a request failed')
        response = problem(requestId, 'failed', {
          detail: 'This is a fault of the console. Its log has the request’s id.',
        })
      } finally {
        done()
      }
      response.headers.set('x-request-id', requestId)
      answered.inc({ route: name, status: response.status })
      return response
    },
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  }
}
