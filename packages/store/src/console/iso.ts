const TIME_MAX_MS = 8.64e15

/** Epoch ms as ISO 8601. What a hand or a broken process made of a time may be none: then the nearest that is. */
export const isoOf = (ms: number): string => new Date(Math.min(Math.max(ms, 0), TIME_MAX_MS)).toISOString()

export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoOf(ms))
