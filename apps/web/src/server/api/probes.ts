import type { Health, Metrics } from '@holdfast/runtime'
import type { Handler } from '../asked.ts'
import { json } from '../problem.ts'

/** What supervisors and Prometheus ask; open, as at the other processes. */
export function probeHandlers({ health, metrics }: { health: Health; metrics: Metrics }) {
  const healthz: Handler = () => {
    const liveness = health.liveness()
    return json(liveness, liveness.ok ? 200 : 503)
  }
  const readyz: Handler = () => {
    const readiness = health.readiness()
    return json(readiness, readiness.status === 'ready' ? 200 : 503)
  }
  const scrape: Handler = async () =>
    new Response(await metrics.text(), {
      headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
    })
  return { healthz, readyz, metrics: scrape }
}
