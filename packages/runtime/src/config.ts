import { z } from 'zod'

/** The environment is not what this process needs. Its message is for people: one line per problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

function problemOf(issue: z.core.$ZodIssue, shape: z.ZodRawShape, given: Record<string, string>): string {
  const name = String(issue.path[0] ?? 'environment')
  if (issue.path[0] === undefined || Object.hasOwn(given, name)) return `${name}: ${issue.message}`
  const piece = shape[name]
  const hint = piece instanceof z.ZodType ? piece.description : undefined
  return `${name} is not set: set it${hint === undefined ? '' : ` to ${hint}`}`
}

/**
 * The typed configuration of a process. `schema` is a zod object whose keys are the variables' names; a piece's
 * `.describe('...')` finishes the sentence "set it to ...". An empty variable counts as unset; what the schema does not
 * name is not read. Throws one `ConfigError` that lists every problem. Values are never in messages: they may be secret.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim()
    if (value !== undefined && value !== '') given[name] = value
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map((issue) => problemOf(issue, schema.shape, given)))
}

const PORT_MAX = 65_535

/** A TCP port as a number; 0 asks the system for any free one. */
export function port() {
  return z.string().transform((text, context) => {
    const value = Number(text)
    if (/^\d{1,5}$/.test(text) && value <= PORT_MAX) return value
    context.addIssue({ code: 'custom', message: `use a port number from 0 (any free port) to ${PORT_MAX}` })
    return z.NEVER
  })
}

/** on/off, true/false, yes/no, 1/0 as a boolean. */
export function flag() {
  return z.string().transform((text, context) => {
    const word = text.toLowerCase()
    if (['on', 'true', 'yes', '1'].includes(word)) return true
    if (['off', 'false', 'no', '0'].includes(word)) return false
    context.addIssue({ code: 'custom', message: 'use "on" or "off"' })
    return z.NEVER
  })
}

/** Comma-separated words, trimmed; empty ones are left out. */
export function list() {
  return z.string().transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
}

/** Comma-separated origins of pages, as browsers write them: scheme, host and port, nothing behind. */
export function origins() {
  return list().refine((entries) => entries.every((entry) => URL.parse(entry)?.origin === entry), {
    message: 'use origins such as https://mush.example.org, with commas between them',
  })
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A duration in ms, written `250`, `250ms`, `2s`, `1.5m` or `1h`. */
export function durationMs() {
  return z.string().transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text)
    const unitMs = UNIT_MS[match?.[2] ?? 'ms']
    if (match?.[1] !== undefined && unitMs !== undefined) return Math.round(Number(match[1]) * unitMs)
    context.addIssue({ code: 'custom', message: 'use a duration such as 250ms, 2s, 5m or 1h' })
    return z.NEVER
  })
}

/** A whole number within the bounds given. */
export function count({ min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {}) {
  return z.string().transform((text, context) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`
    context.addIssue({ code: 'custom', message: `use a whole number, ${bounds}` })
    return z.NEVER
  })
}

/** A URL, as text, with one of `protocols` (without the colon); `example` is shown when it is not one. */
export function url(protocols: readonly string[], example: string) {
  return z.string().refine(
    (text) => {
      const parsed = URL.parse(text)
      return parsed !== null && protocols.includes(parsed.protocol.slice(0, -1))
    },
    { message: `use a URL such as ${example}` },
  )
}
