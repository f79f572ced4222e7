import { z } from 'zod'
import { OPTION } from '../telnet-codes.ts'
import { defineOption } from './option.ts'

/**
 * SGA (RFC 858): granted to whoever asks (RFC 1123 wants that), never offered; opening.ts says why. Once we suppress go-ahead,
 * prompts no longer end with GA.
 */
export const sgaOption = defineOption({
  code: OPTION.sga,
  name: 'sga',
  accept: { us: true, him: true },
  memorySchema: z.null(),
  initial: null,
})
