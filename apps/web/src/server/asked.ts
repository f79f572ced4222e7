import type { ProblemCode } from '@holdfast/store/contracts'
import type { Arrival } from './arrival.ts'
import type { ProblemDetail } from './problem.ts'
import { problem } from './problem.ts'

/** One request, as a handler has it. */
export interface Asked {
  request: Request
  /** The path's variables. */
  params: Readonly<Record<string, string>>
  arrival: Arrival
  /** In the answer's `x-request-id` and in the log. */
  requestId: string
}

export type Handler = (asked: Asked) => Response | Promise<Response>

/** What a route of Next calls. */
export type Route = (request: Request, params: Readonly<Record<string, string>>) => Promise<Response>

export const refuse = ({ requestId }: Asked, code: ProblemCode, about?: ProblemDetail): Response =>
  problem(requestId, code, about)
