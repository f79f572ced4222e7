import type { Problem, ProblemCode } from '@holdfast/store/contracts'

const STATUS: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  malformed: [400, 'Malformed request'],
  'signed-out': [401, 'Not signed in'],
  'not-same-origin': [403, 'Not from this site'],
  insecure: [403, 'Not over this connection'],
  'read-only': [403, 'Read-only'],
  'not-found': [404, 'Not found'],
  'wrong-method': [405, 'Method not allowed'],
  changed: [409, 'Changed since you looked'],
  'id-taken': [409, 'Id taken'],
  refused: [422, 'Refused'],
  limited: [429, 'Too many requests'],
  unavailable: [503, 'Unavailable'],
  failed: [500, 'Failed'],
}

/** Answers are of one moment and for one wizard. */
const NO_STORE = { 'cache-control': 'no-store' }

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { ...NO_STORE, ...headers } })
}

export type ProblemDetail = Pick<Problem, 'detail' | 'part' | 'changed' | 'retryAfterS'>

/** An error of the API, as RFC 9457 has it. */
export function problem(requestId: string, code: ProblemCode, about: ProblemDetail = {}): Response {
  const [status, title] = STATUS[code]
  const body: Problem = { type: `urn:holdfast:problem:${code}`, title, status, code, ...about, requestId }
  const headers = new Headers({ ...NO_STORE, 'content-type': 'application/problem+json' })
  if (about.retryAfterS !== undefined) headers.set('retry-after', String(about.retryAfterS))
  return new Response(JSON.stringify(body), { status, headers })
}
