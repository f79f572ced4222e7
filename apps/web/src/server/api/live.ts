import { refuse } from '../asked.ts'
import type { CalledHandler } from '../guard.ts'
import type { LiveHub } from '../live/live-hub.ts'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither kept nor compressed, nor gathered by a proxy: each event is to arrive when it is said.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}
const FULL_S = 10

/** `GET /api/live`: server-sent events, as in contracts/live-events.ts. */
export function liveHandler(hub: () => LiveHub | null): CalledHandler {
  return (called) => {
    const live = hub()
    if (live === null) return refuse(called, 'unavailable', { part: 'console', detail: 'The console is starting.' })
    const body = live.open(called.session.hash, called.request.headers.get('last-event-id'))
    if (body === null) return refuse(called, 'limited', { detail: 'Too many streams are open.', retryAfterS: FULL_S })
    return new Response(body, { headers: HEADERS })
  }
}
