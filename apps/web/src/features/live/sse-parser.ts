/** One event of a stream, as the text/event-stream format has it. */
export interface SseEvent {
  /** `message` where the stream names none. */
  event: string
  data: string
  /** The last id of the stream so far; null before the first. */
  id: string | null
}

/** More than the console ever sends in one event: a stream that goes on without end is broken. */
export const EVENT_CHARACTERS_MAX = 16 * 1_024 * 1_024

export interface SseParser {
  /** The events that are complete with this piece, in order. Comments and retry lines are passed over. Throws on an endless event. */
  feed(text: string): SseEvent[]
}

/** Reads text/event-stream, cut anywhere: also within a line, and between CR and LF. */
export function createSseParser(): SseParser {
  let rest = ''
  let data: string[] = []
  let event = ''
  let id: string | null = null
  let size = 0

  const takeLine = (line: string): SseEvent | null => {
    if (line === '') return complete()
    if (line.startsWith(':')) return null
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) id = value
    return null
  }

  const complete = (): SseEvent | null => {
    const made = data.length === 0 ? null : { event: event || 'message', data: data.join('\n'), id }
    data = []
    event = ''
    size = 0
    return made
  }

  return {
    feed(text) {
      size += text.length
      if (size > EVENT_CHARACTERS_MAX) throw new RangeError(`an event of more than ${EVENT_CHARACTERS_MAX} characters`)
      rest += text
      const events: SseEvent[] = []
      // A CR at the end may be the first half of a line's end: it waits for what follows.
      for (let end = rest.search(LINE_END); end !== -1; end = rest.search(LINE_END)) {
        const made = takeLine(rest.slice(0, end))
        rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1))
        if (made) events.push(made)
      }
      return events
    },
  }
}

const LINE_END = /\n|\r(?!$)/
