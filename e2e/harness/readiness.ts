export type Readiness = { status: number; body: string }

const ASK_MS = 2_000

/** What `/readyz` on this port says; status 0 where nobody answers. */
export async function readiness(httpPort: number): Promise<Readiness> {
  try {
    const response = await fetch(`http://127.0.0.1:${httpPort}/readyz`, { signal: AbortSignal.timeout(ASK_MS) })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    return { status: 0, body: String(error) }
  }
}
