import type { Line } from './scroll-back.ts'
import { plainText } from './text-style.ts'

/** More at once is not listened to: the rest is in the log, to be read line by line. */
export const ANNOUNCED_LINES_MAX = 20

/** A line that is only drawn, such as a rule or a frame, says nothing when it is read out. */
const SAYS_SOMETHING = /[\p{L}\p{N}]/u

/** What is read out of new lines: no own lines, for who typed them knows; nothing that is only drawn. */
export function announcementOf(lines: readonly Line[]): string[] {
  const texts = lines
    .filter(({ kind }) => kind !== 'own')
    .map(({ runs }) => plainText(runs).trim())
    .filter((text) => SAYS_SOMETHING.test(text))
  const rest = texts.length - ANNOUNCED_LINES_MAX
  return rest <= 0 ? texts : [...texts.slice(0, ANNOUNCED_LINES_MAX), `And ${rest} more lines, in the log.`]
}
