import { type NextRequest, NextResponse } from 'next/server'
import { consoleProcess } from '#server/console-process.ts'
import { contentPolicy } from '#server/content-policy.ts'
import { PLACE_HEADER } from '#server/way-back.ts'

const NONCE_BYTES = 16

/** Gives each page its content security policy, with a nonce that Next puts on its own scripts and styles, and its place. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString('base64')
  const facts = consoleProcess()?.pageFactsFor(request.headers)
  const policy = contentPolicy({
    nonce,
    isDevelopment: facts?.isDevelopment === true,
    // Only the players' client talks to a gateway.
    socket: request.nextUrl.pathname === '/play' ? (facts?.wsUrl ?? null) : null,
  })
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set(PLACE_HEADER, request.nextUrl.pathname + request.nextUrl.search)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

/** Pages only: what an API answers is no document, and a stream must not be gathered on its way. */
export const config = { matcher: ['/((?!api/|_next/|healthz|readyz|metrics).*)'] }
