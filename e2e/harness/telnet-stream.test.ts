import { expect, test } from 'vitest'
import { createTelnetStream, ECHO } from './telnet-stream.ts'

const bytes = Buffer.concat([
  Buffer.from('Grüße'),
  Buffer.from([255, 251, ECHO, 255, 253, 24, 255, 251, 25, 255, 250, 42, 1, 255, 255, 59, 255, 240]),
  Buffer.from('\r\nPassword: '),
  Buffer.from([255, 249, 255, 252, ECHO]),
  Buffer.from('end\r\n'),
])

function receive(cut: number): { lines: string[]; told: string[]; replied: number[] } {
  const lines: string[] = []
  const told: string[] = []
  const replied: number[] = []
  const stream = createTelnetStream({
    onLine: (text) => void lines.push(text),
    onNegotiation: ({ verb, option }) => void told.push(`${verb} ${option}`),
    reply: (reply) => void replied.push(...reply),
  })
  stream.receive(bytes.subarray(0, cut))
  stream.receive(bytes.subarray(cut))
  return { lines, told, replied }
}

test('reads the same wherever the bytes are cut', () => {
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(receive(cut), `cut at ${cut}`).toEqual({
      lines: ['Grüße', 'Password: ', 'end'],
      told: ['WILL 1', 'DO 24', 'WILL 25', 'WONT 1'],
      replied: [255, 253, 1, 255, 252, 24, 255, 254, 25, 255, 254, 1],
    })
  }
})
