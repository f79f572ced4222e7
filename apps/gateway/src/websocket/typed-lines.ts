import { assembleLines, INITIAL_ASSEMBLER_STATE, type Line } from '../telnet/line-assembler.ts'

const LF = 0x0a
const CR = 0x0d
const LINE_END = Uint8Array.of(LF)

/**
 * The lines of one message, cleaned as telnet's are: LF, CR LF and CR each end one, and so does the message's end, for many
 * clients send a line without its end. So there is always at least one. `cutBytes`: bytes over the bound of a line, dropped.
 */
export function typedLines(message: Uint8Array): { lines: readonly Line[]; cutBytes: number } {
  const { state, lines, cutBytes } = assembleLines(INITIAL_ASSEMBLER_STATE, message, 'UTF-8')
  const last = message.at(-1)
  if (last === LF || last === CR) return { lines, cutBytes }
  return { lines: [...lines, ...assembleLines(state, LINE_END, 'UTF-8').lines], cutBytes }
}
