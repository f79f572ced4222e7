import { z } from 'zod'
import { adviceAbout, type GivenUrls, placeOf, SERVICES, type ServiceName, variableOf } from './given-services.ts'
import { StackError } from './stack-error.ts'

/** A process that lives and says that it cannot serve yet, and why. */
export class Unready extends StackError {
  /** What its operator can do; empty where nothing but to wait. */
  readonly advice: string

  constructor(message: string, { advice = '', cause }: { advice?: string; cause?: unknown } = {}) {
    super(message, { code: 'not-ready', cause })
    this.advice = advice
  }
}

const readinessSchema = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
})

const serviceNamed = (name: string): ServiceName | undefined => SERVICES.find((service) => service === name)

/**
 * What `/readyz` says is not ready, in words: `redis: no answer (REDIS_URL is 10.0.0.5:6379); partitions: 64 owned, 64 not
 * ready`. The process's own check is left out where another tells what it waits for. `body` may be anything.
 */
export function describeUnready(role: string, body: unknown, given: GivenUrls): Unready {
  const checks = readinessSchema.safeParse(body).data?.checks ?? {}
  const failing = Object.entries(checks).filter(([, { ok }]) => !ok)
  const causes = failing.filter(([name]) => name !== role)
  const told = causes.length > 0 ? causes : failing
  if (told.length === 0) return new Unready('its /readyz says so, and not why')
  const blamed = told.flatMap(([name]) => serviceNamed(name) ?? []).filter((service) => given[service] !== undefined)
  const why = told.map(([name, { detail = 'no answer' }]) => {
    const service = serviceNamed(name)
    const url = service === undefined ? undefined : given[service]
    const where =
      service === undefined || url === undefined ? '' : ` (${variableOf(service)} is ${placeOf(service, url)})`
    return `${name}: ${detail}${where}`
  })
  return new Unready(why.join('; '), { advice: adviceAbout(blamed) })
}
