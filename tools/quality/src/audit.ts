import { z } from 'zod'
import { runCommand } from './run-command.ts'

/** Advisories we know and accept: the id, why it does not reach us, and until when that holds (ISO date). */
export type Exception = { id: string; why: string; until: string }
export const EXCEPTIONS: readonly Exception[] = []

const DEADLINE_MS = 30_000

const advisorySchema = z.object({ url: z.string(), title: z.string(), severity: z.string() })
const reportSchema = z.object({
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), advisorySchema])) })),
})

/** Advisories of npm's report that no exception of today covers. */
export function openAdvisories(report: unknown, exceptions: readonly Exception[], today: string): string[] {
  const { vulnerabilities } = reportSchema.parse(report)
  const accepted = new Set(exceptions.filter(({ until }) => until >= today).map(({ id }) => id))
  const lines = Object.entries(vulnerabilities).flatMap(([name, { via }]) =>
    via.flatMap((cause) => {
      if (typeof cause === 'string' || accepted.has(cause.url.split('/').at(-1) ?? '')) return []
      return [`${name}: ${cause.title} (${cause.severity}, ${cause.url})`]
    }),
  )
  return [...new Set(lines)]
}

/** Asks the registry. One that cannot be asked (offline, or a mirror without advisories) is said, and is no failure. */
export async function audit(today: string): Promise<{ problems: string[]; note: string }> {
  const { stdout, code } = await runCommand('npm', ['audit', '--json'], DEADLINE_MS)
  let report: unknown
  try {
    report = JSON.parse(stdout)
  } catch {
    return {
      problems: [],
      note: code === 124 ? `no answer within ${DEADLINE_MS / 1_000} s, not audited` : 'no report, not audited',
    }
  }
  if (!reportSchema.safeParse(report).success)
    return { problems: [], note: 'the registry has no advisories, not audited' }
  return { problems: openAdvisories(report, EXCEPTIONS, today), note: 'audited' }
}
