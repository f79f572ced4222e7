const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f
const DELETE_PICTURE = '\u2421'

/** Changes the direction of what follows, or cannot be seen: with these a name can look like another one. */
const isTreacherous = (code: number): boolean =>
  (code >= 0x80 && code <= 0x9f) ||
  code === 0xad ||
  code === 0x61c ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x2069) ||
  code === 0xfeff ||
  (code >= 0xfff9 && code <= 0xfffb) ||
  (code >= 0xe0000 && code <= 0xe007f)

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code)
  if (code === DELETE) return DELETE_PICTURE
  // A lone half of a pair is drawn differently by every browser.
  const isBroken = code >= 0xd800 && code <= 0xdfff
  return isTreacherous(code) || isBroken
    ? `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`
    : character
}

/**
 * What a player or a client wrote, with everything in it to be seen: control characters as their pictures, what has no shape of
 * its own as its number. Length and order of the visible characters stay.
 */
export const visibleText = (text: string): string => Array.from(text, visible).join('')
