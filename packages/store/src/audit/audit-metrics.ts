import type { Logger, Metrics } from '@holdfast/runtime'
import type { DivergenceCause, Finding, State } from '../contracts/index.ts'
import type { HealedBy } from './case-book.ts'

/** Failures are logged at most this often; all are counted. */
const LOG_EVERY_MS = 5_000
const PASS_BUCKETS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000]

export type Pass = 'index' | 'keys' | 'hashes' | 'suspects'

/** What the auditor counts and says. */
export function createAuditMetrics(metrics: Metrics, logger: Logger, counts: () => Partial<Record<State, number>>) {
  const found = metrics.counter('divergence_found_total', 'Differences between copies that stood', ['cause'])
  const healed = metrics.counter('divergence_healed_total', 'Differences between copies that are gone', ['how'])
  const repairs = metrics.counter('repairs_total', 'Differences that the auditor has put right by rule', ['cause'])
  const passes = metrics.histogram('audit_pass_ms', 'Duration of a pass of the auditor', ['pass'], PASS_BUCKETS_MS)
  const failures = metrics.counter('audit_failures_total', 'Passes that could not read Redis', ['pass'])
  const tooMany = metrics.counter('audit_suspects_dropped_total', 'Suspects beyond the bound, left to a later pass')
  metrics.gauge('divergence', 'Sessions of this server by the state of their copies', ['state'], (gauge) => {
    gauge.reset()
    for (const [state, count] of Object.entries(counts())) gauge.set({ state }, count)
  })
  let loggedAt = Number.NEGATIVE_INFINITY

  return {
    found({ sid, state, cause, fields, policy }: Finding): void {
      found.inc({ cause })
      logger.warn({ sid, state, cause, policy, fields: fields.map(({ name }) => name) }, 'copies of a session differ')
    },
    healed({ sid, cause }: Finding, how: HealedBy): void {
      healed.inc({ how })
      logger.info({ sid, cause, how }, 'copies of a session agree again')
    },
    repaired(cause: DivergenceCause): void {
      repairs.inc({ cause })
    },
    passed(pass: Pass, tookMs: number): void {
      passes.observe({ pass }, tookMs)
    },
    failed(pass: Pass, problem: string): void {
      failures.inc({ pass })
      const now = performance.now()
      if (now - loggedAt < LOG_EVERY_MS) return
      loggedAt = now
      logger.warn({ pass, error: problem }, 'the auditor could not read Redis; it tries again')
    },
    tooMany(): void {
      tooMany.inc()
    },
  }
}

export type AuditMetrics = ReturnType<typeof createAuditMetrics>
