import type { LiveEvent } from '@holdfast/store/contracts'

const encoder = new TextEncoder()

export const idOfPatch = (epoch: string, rev: number): string => `${epoch}-${rev}`

/** An event as bytes of the stream; a patch has an id, by which a stream that comes back says what it has seen. */
export function bytesOf({ event, data }: LiveEvent, epoch: string): Uint8Array {
  const id = event === 'patch' ? `id: ${idOfPatch(epoch, data.to)}\n` : ''
  return encoder.encode(`${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
