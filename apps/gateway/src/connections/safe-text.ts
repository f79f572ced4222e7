/**
 * One of: a control character with what would follow it in a sequence that sets colours and styles (SGR); a control character
 * but LF (C0 with ESC and CR, DEL, C1); a separator that some clients break lines at; a mark that reorders or hides text.
 */
const SUSPECT = /[^\P{Cc}\n]\[[0-9;:]{0,64}m|[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu
const ESCAPE = '\u001b'

/**
 * Text as a client may be sent it. Who is responsible for what: the line assembler lets no control character in, the
 * server cleans each line before a command sees it (so that nothing unclean is stored, or spoken by another transport),
 * and this is the last wall, which trusts neither: whatever a record holds, no screen is cleared, no title set, no line
 * overwritten and no answer asked of a terminal. SGR passes, for the game's own colours; LF stays, TAB becomes a space,
 * and of any other sequence its visible letters remain.
 */
export function safeText(text: string): string {
  return text.replaceAll(SUSPECT, (found) => {
    if (found.startsWith(ESCAPE) && found.length > 1) return found
    return (found.startsWith('\t') ? ' ' : '') + found.slice(1)
  })
}
