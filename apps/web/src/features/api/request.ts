import { problemSchema } from '@holdfast/store/contracts'
import type { z } from 'zod'
import { ApiError, type ApiFailure } from './api-error.ts'

/** A question that is not answered by then is given up: the page says so, and asks again. */
export const ANSWER_WITHIN_MS = 5_000

export interface Question<S extends z.ZodType> {
  path: string
  /** What the answer must be. */
  schema: S
  /** Sent as JSON, by POST; without one it is a GET. */
  body?: unknown
  method?: 'DELETE'
  signal?: AbortSignal
  withinMs?: number
}

/** When an answer was asked for and read, epoch ms by this browser, and what the console's own clock said. */
export interface AnswerTiming {
  sentAt: number
  receivedAt: number
  asOf: string
}

export interface ApiClient {
  /** The answer, checked. Rejects with `ApiError`; with the signal's reason where the caller gave up. */
  ask<S extends z.ZodType>(question: Question<S>): Promise<z.infer<S>>
}

export interface ApiClientOptions {
  fetch: typeof globalThis.fetch
  now: () => number
  /** Told of every answer that carries the console's time. */
  onTiming: (timing: AnswerTiming) => void
}

/** The one way in which pages ask the console's API. */
export function createApiClient({ fetch, now, onTiming }: ApiClientOptions): ApiClient {
  return {
    async ask({ path, schema, body, method, signal, withinMs = ANSWER_WITHIN_MS }) {
      const deadline = AbortSignal.timeout(withinMs)
      const sentAt = now()
      const answer = await read(path, initOf(body, method), [deadline, ...(signal ? [signal] : [])])
      const failure = answer.failure
      if (failure) {
        signal?.throwIfAborted()
        throw new ApiError(deadline.aborted ? { kind: 'timed-out', afterMs: withinMs } : failure)
      }
      const asOf = timeIn(answer.json)
      if (asOf !== null) onTiming({ sentAt, receivedAt: now(), asOf })
      const parsed = schema.safeParse(answer.json)
      if (parsed.success) return parsed.data
      throw new ApiError({ kind: 'unreadable', detail: parsed.error.message, requestId: answer.requestId })
    },
  }

  async function read(path: string, init: RequestInit, signals: AbortSignal[]): Promise<Answer> {
    try {
      const response = await fetch(path, { ...init, signal: AbortSignal.any(signals), cache: 'no-store' })
      return await answerOf(response)
    } catch (error) {
      // A body that is no JSON is a SyntaxError; everything else that fetch rejects with is the way there.
      if (!(error instanceof SyntaxError)) return { failure: { kind: 'unreachable' }, json: null, requestId: null }
      return { failure: { kind: 'unreadable', detail: error.message, requestId: null }, json: null, requestId: null }
    }
  }
}

function initOf(body: unknown, method: 'DELETE' | undefined): RequestInit {
  const accept = { accept: 'application/json' }
  if (body === undefined) return { headers: accept, method: method ?? 'GET' }
  return { method: 'POST', headers: { ...accept, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

interface Answer {
  failure: ApiFailure | null
  json: unknown
  requestId: string | null
}

async function answerOf(response: Response): Promise<Answer> {
  const requestId = response.headers.get('x-request-id')
  const text = await response.text()
  const json: unknown = text === '' ? null : JSON.parse(text)
  if (response.ok) return { failure: null, json, requestId }
  const problem = problemSchema.safeParse(json)
  if (problem.success) return { failure: { kind: 'problem', problem: problem.data }, json: null, requestId }
  return { failure: { kind: 'unreadable', detail: `status ${response.status}`, requestId }, json: null, requestId }
}

function timeIn(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('asOf' in json)) return null
  return typeof json.asOf === 'string' ? json.asOf : null
}
