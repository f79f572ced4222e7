import { charsetOption } from './charset.ts'
import { echoOption } from './echo.ts'
import { eorOption } from './eor.ts'
import { nawsOption } from './naws.ts'
import type { TelnetOption } from './option.ts'
import { sgaOption } from './sga.ts'
import { ttypeOption } from './ttype.ts'

/** Every option this gateway speaks; all others are refused. A new one is a file beside these and a line here. */
export const ALL_OPTIONS: readonly TelnetOption[] = [
  echoOption,
  sgaOption,
  ttypeOption,
  eorOption,
  nawsOption,
  charsetOption,
]
