import type { State } from '@holdfast/store/contracts'
import { counted } from '#ui/format/number.ts'

/** How sessions stand while not every copy can be read: what there is of, never a zero. Empty where there is no session. */
export function standingText(counts: Readonly<Record<State, number>>): string {
  const { unknown, settling } = counts
  const wrong = counts.drifted + counts.missing + counts.ghost
  const agreeing = counts['in-sync'] + counts.ignored
  const parts = [
    unknown > 0 ? `${counted(unknown, 'session')} Unknown.` : '',
    settling > 0
      ? `${counted(settling, 'session')} settling: a write waits for ${settling === 1 ? 'it' : 'each'}.`
      : '',
    wrong > 0 ? `${counted(wrong, 'session')} ${wrong === 1 ? 'differs' : 'differ'}.` : '',
    agreeing > 0 ? `${counted(agreeing, 'session')} agreed when last read.` : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}
