import type { Side } from './options/option.ts'
import { OPTION } from './telnet-codes.ts'

/**
 * What we ask for when a client connects, in this order.
 *
 * - DO TTYPE, DO NAWS: `telnet` and all MUD clients answer; nobody's screen changes by it.
 * - WILL EOR: so that clients can tell a prompt from a line.
 * - WILL CHARSET, not DO: by RFC 2066 the side that WILLs is the one that may send a REQUEST, and it is the server that
 *   should choose. A client that wants to choose says WILL itself, and is heard.
 *
 * Not SGA, and ECHO only around passwords: BSD-derived clients (Debian's `telnet`, macOS, PuTTY) leave line mode as soon
 * as the server suppresses go-ahead, and send each key as it is typed, without editing. With ECHO alone `telnet` keeps
 * its line mode and merely hides the line: what a password wants. A client that asks DO SGA itself gets it.
 */
export const OPENING: readonly { readonly side: Side; readonly option: number }[] = [
  { side: 'him', option: OPTION.ttype },
  { side: 'him', option: OPTION.naws },
  { side: 'us', option: OPTION.eor },
  { side: 'us', option: OPTION.charset },
]
