export interface InputNumbers {
  /** A line is handed on, with the client's number where it gave one. */
  handedOn(seq?: number): void
  /** Whether a line of this number, or a later one, was handed on before. */
  isRepeat(seq: number): boolean
  /** The log has the line that was handed on as the `count`th: the highest of the client's numbers that it covers anew, null for none. */
  taken(count: number): number | null
  /** The highest of the client's numbers that the log has; null for none. */
  readonly lastTaken: number | null
}

/**
 * Which of a client's own numbers belongs to which line, for acknowledgements. Lines are handed on and taken in the same
 * order; those without a number (typed in BINARY frames) count too. It holds what waits for Kafka, whose bound is the
 * connection's own: its rate, and reading that stops while Kafka is away.
 */
export function createInputNumbers(): InputNumbers {
  const waiting: { count: number; seq: number }[] = []
  let handed = 0
  let lastSeq = 0
  let lastTaken: number | null = null
  return {
    handedOn(seq) {
      handed++
      if (seq === undefined) return
      lastSeq = seq
      waiting.push({ count: handed, seq })
    },
    isRepeat: (seq) => seq <= lastSeq,
    taken(count) {
      let covered: number | null = null
      for (let first = waiting[0]; first !== undefined && first.count <= count; first = waiting[0]) {
        covered = first.seq
        waiting.shift()
      }
      lastTaken = covered ?? lastTaken
      return covered
    },
    get lastTaken() {
      return lastTaken
    },
  }
}
