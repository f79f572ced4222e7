import { z } from 'zod'
import { OPTION } from '../telnet-codes.ts'
import { defineOption } from './option.ts'

const NAWS_BYTES = 4

const memorySchema = z.object({ width: z.int().nullable(), height: z.int().nullable() })

/**
 * NAWS (RFC 1073): the client's window, two 16-bit numbers at any time; 0 means unknown and becomes null. Anything but
 * four bytes is ignored, and a size told again is no news.
 */
export const nawsOption = defineOption<z.infer<typeof memorySchema>>({
  code: OPTION.naws,
  name: 'naws',
  accept: { us: false, him: true },
  memorySchema,
  initial: { width: null, height: null },
  onSubnegotiation: (memory, payload, on) => {
    if (!on.him || payload.length !== NAWS_BYTES) return { memory }
    const view = new DataView(payload.buffer, payload.byteOffset, NAWS_BYTES)
    const width = view.getUint16(0) || null
    const height = view.getUint16(2) || null
    if (width === memory.width && height === memory.height) return { memory }
    return { memory: { width, height }, notices: [{ kind: 'naws', width, height }] }
  },
  facts: ({ width, height }) => ({ width, height }),
})
