import type { z } from 'zod'

export type Decoded<T> = { ok: true; value: T } | { ok: false; problem: string }

/** Reads a record's value. What cannot be read is an answer, for the caller to count and pass over. */
export function decode<T>(schema: z.ZodType<T>, value: Buffer | null): Decoded<T> {
  if (value === null) return { ok: false, problem: 'empty record' }
  let json: unknown
  try {
    json = JSON.parse(value.toString('utf8'))
  } catch {
    return { ok: false, problem: 'not JSON' }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  // Paths and rules only: a value may be what a player typed.
  return { ok: false, problem: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join('; ') }
}

export const encode = (record: object): string => JSON.stringify(record)
