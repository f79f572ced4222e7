/** The body as text; null where it is longer than `bytesMax`, no UTF-8, or broke off. Reads no further than that. */
export async function readBody(request: Request, bytesMax: number): Promise<string | null> {
  if (request.body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let text = ''
  try {
    for await (const chunk of request.body) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) return null
      text += decoder.decode(chunk, { stream: true })
    }
    return text + decoder.decode()
  } catch {
    return null // the client's doing: what was sent is no text, or stopped in the middle
  }
}

/** The body as JSON of unknown shape; `undefined` where it is none, or too long. */
export async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  if (!isOfType(request, 'application/json')) return undefined
  const text = await readBody(request, bytesMax)
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined // malformed: an answer, not a failure
  }
}

export const isOfType = (request: Request, type: string): boolean =>
  request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() === type
