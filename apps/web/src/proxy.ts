import { type NextRequest, NextResponse } from 'next/server'

export function proxy(_request: NextRequest): NextResponse {
  return NextResponse.next()
}

/** Pages only: what an API answers is no document, and a stream must not be buffered on its way. */
export const config = { matcher: ['/((?!api/|_next/|healthz|readyz|metrics|favicon).*)'] }
