/** As long as a gateway lets a line be. */
export const LINE_LENGTH_MAX = 8_192

/**
 * What must never come from one player to another's terminal or log: C0 and C1 controls (ESC among them), DEL, the
 * separators that some clients break lines at, and what reorders or hides text (bidirectional marks, embeddings,
 * overrides and isolates; the byte order mark). Joiners stay: scripts and emoji need them.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/**
 * A line as commands see it: the one place where what a player typed is made safe. Tabs become spaces, half surrogates
 * the replacement character; what is unsafe goes; the ends are trimmed.
 */
export function cleanLine(line: string): string {
  return line.slice(0, LINE_LENGTH_MAX).toWellFormed().replaceAll('\t', ' ').replace(UNSAFE, '').trim()
}

/** The same for a text of several lines, as a wizard writes it in the console. */
export const cleanText = (text: string): string => text.split(/\r?\n/).map(cleanLine).join('\n').trim()
