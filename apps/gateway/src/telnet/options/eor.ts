import { z } from 'zod'
import { OPTION } from '../telnet-codes.ts'
import { defineOption } from './option.ts'

/** EOR (RFC 885): where agreed, IAC EOR ends each prompt. A client's own marks would tell us nothing: refused. */
export const eorOption = defineOption({
  code: OPTION.eor,
  name: 'eor',
  accept: { us: true, him: false },
  memorySchema: z.null(),
  initial: null,
})
