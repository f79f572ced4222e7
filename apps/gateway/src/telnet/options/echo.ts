import { z } from 'zod'
import { OPTION } from '../telnet-codes.ts'
import { defineOption } from './option.ts'

/**
 * ECHO (RFC 857): we WILL it around passwords, so that the client does not show them, and WONT it after. Never on at a client's
 * wish (PuTTY asks at once): it would stop showing what is typed and we would not either.
 */
export const echoOption = defineOption({
  code: OPTION.echo,
  name: 'echo',
  accept: { us: false, him: false },
  memorySchema: z.object({ supported: z.boolean().nullable() }),
  initial: { supported: null },
  onChange: (memory, { outcome }) => {
    if (outcome === 'disabled') return { memory }
    const supported = outcome === 'enabled'
    if (memory.supported === supported) return { memory }
    return { memory: { supported }, notices: [{ kind: 'echo', supported }] }
  },
  facts: (memory) => ({ echoSupported: memory.supported }),
})
