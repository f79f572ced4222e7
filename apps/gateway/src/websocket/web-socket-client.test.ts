import { manualClock, waitUntil } from '@holdfast/runtime/testing'
import { type CloseReason, createSid, type Subprotocol } from '@holdfast/store/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { hearFrames, type WebSocketPair, type WebSocketPairOptions, webSocketPair } from '../testing/web-socket-pair.ts'
import { PARTING_WAIT_MS } from './parting.ts'
import { PING_EVERY_MS, SILENCE_MAX_MS } from './silence-watch.ts'
import { createWebSocketClient } from './web-socket-client.ts'

const pairs: WebSocketPair[] = []
afterEach(() => {
  for (const pair of pairs.splice(0)) pair.close()
})

const SID = createSid('01ARZ3NDEKTSV4RRFFQ0000001')
const TICK_MS = 200

async function clientRig({
  subprotocol = 'json.mudstandards.org',
  frameBurst = 10,
  ...options
}: WebSocketPairOptions & { subprotocol?: Subprotocol; frameBurst?: number } = {}) {
  const pair = await webSocketPair(options)
  pairs.push(pair)
  const clock = manualClock()
  const lines: { line: string; cut: boolean }[] = []
  const dropped: Record<string, number> = {}
  const ends: (CloseReason | undefined)[] = []
  const seen = { facts: 0, floods: 0 }
  const client = createWebSocketClient(
    { socket: pair.near, subprotocol, clock, random: () => 0.5, limits: { frameBurst, framesPerSecond: 1 } },
    {
      onLine: (line, cut) => lines.push({ line, cut }),
      onFacts: () => void seen.facts++,
      onSent: () => undefined,
      onDropped: (what, count) => {
        dropped[what] = (dropped[what] ?? 0) + count
      },
      onFlood: () => void seen.floods++,
      onGone: (reason) => ends.push(reason),
    },
    { sid: SID, handle: 7 },
  )
  const heard = hearFrames(pair.far)
  const say = (id: string, data: unknown): void =>
    pair.far.send(JSON.stringify({ proto: 'holdfast', id, data: JSON.stringify(data) }))
  /** Moves time on as the pulse does. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      await clock.advance(TICK_MS)
      client.tick?.()
    }
  }
  /** What was sent before has been taken in: frames are read in order. */
  const settled = async (): Promise<void> => {
    const before = lines.length
    pair.far.send(Buffer.from('settled'))
    await waitUntil(() => lines.length > before && lines.at(-1)?.line === 'settled', { what: 'a later line' })
    lines.pop()
  }
  return { ...pair, client, clock, lines, dropped, ends, seen, heard, say, pass, settled }
}

describe('what a client types', () => {
  it('comes as lines, whether the frame ends them or not, and as TEXT where nothing else is spoken', async () => {
    const { far, lines } = await clientRig({ subprotocol: 'terminal.mudstandards.org' })
    far.send(Buffer.from('look\r\n'))
    far.send(Buffer.from('say Grüße'))
    far.send('{"proto":"holdfast"}')
    await waitUntil(() => lines.length === 3, { what: 'the lines' })
    expect(lines.map(({ line }) => line)).toEqual(['look', 'say Grüße', '{"proto":"holdfast"}'])
  })

  it('is cut at 8 KB where it has no number, and what is missing is counted', async () => {
    const { far, lines, dropped } = await clientRig()
    far.send(Buffer.from('x'.repeat(8_200)))
    await waitUntil(() => lines.length === 1, { what: 'the line' })
    expect(lines).toEqual([{ line: 'x'.repeat(8_192), cut: true }])
    expect(dropped).toEqual({ 'line-bytes': 8 })
  })

  it('is applied once by its number, and acknowledged when the log has it', async () => {
    const { client, say, lines, dropped, heard, settled } = await clientRig()
    say('input', { seq: 3, line: 'one' })
    say('input', { seq: 3, line: 'one' })
    say('input', { seq: 2, line: 'zero' })
    say('input', { seq: 5, line: 'two' })
    await settled()
    expect(lines.map(({ line }) => line)).toEqual(['one', 'two'])
    expect(dropped).toEqual({ 'repeated-line': 2 })
    client.taken?.(1)
    client.taken?.(2)
    client.taken?.(3) // the line that had no number
    await waitUntil(() => heard.frames.length === 2, { what: 'the acknowledgements' })
    expect(heard.frames).toEqual(['<ack {"seq":3}>', '<ack {"seq":5}>'])
    say('input', { seq: 5, line: 'two' })
    await waitUntil(() => heard.frames.length === 3, { what: 'the acknowledgement of a repeat' })
    expect(heard.frames.at(-1)).toBe('<ack {"seq":5}>')
  })

  it.each([
    ['is no JSON', 'look', 'malformed'],
    ['has data that is no text', '{"proto":"holdfast","id":"input","data":{"seq":1,"line":"x"}}', 'malformed'],
    ['has no number', '{"proto":"holdfast","id":"input","data":"{\\"line\\":\\"x\\"}"}', 'malformed'],
    ['is of the gateway’s own', '{"proto":"holdfast","id":"ack","data":"{\\"seq\\":1}"}', 'unknown-id'],
    ['is nested without end', '['.repeat(30_000), 'malformed'],
  ])('that %s is answered with why, and the connection goes on', async (_, frame, code) => {
    const { far, lines, heard, dropped, settled } = await clientRig()
    far.send(frame)
    await settled()
    await waitUntil(() => heard.frames.length === 1, { what: 'the error' })
    expect(heard.frames[0]).toContain(`"code":"${code}"`)
    expect([lines, dropped]).toEqual([[], { frame: 1 }])
  })

  it.each([
    ['too long', 'y'.repeat(8_193), 'line-too-long'],
    ['two', 'one\ntwo', 'line-break'],
  ])('and is %s for one line is not taken, its number can be used again', async (_, line, code) => {
    const { say, lines, heard, settled } = await clientRig()
    say('input', { seq: 1, line })
    say('input', { seq: 1, line: 'short' })
    await settled()
    expect(lines.map((each) => each.line)).toEqual(['short'])
    expect(heard.frames[0]).toContain(`"code":"${code}","seq":1`)
  })

  it('in a proto that is not ours is passed over', async () => {
    const { far, lines, heard, dropped, settled } = await clientRig()
    far.send('{"proto":"gmcp","id":"Core.Hello","data":"{}"}')
    await settled()
    expect([lines, heard.frames, dropped]).toEqual([[], [], { frame: 1 }])
  })
})

describe('hello', () => {
  it('tells who the client is, and is answered with whose seat it has', async () => {
    const { client, say, heard, seen } = await clientRig()
    expect(client.facts()).toEqual({
      client: null,
      width: null,
      height: null,
      capabilities: ['json.mudstandards.org', 'UTF-8'],
    })
    say('hello', { client: 'Lantern', width: 80, height: 24, sid: 'of old', token: 'of old', position: { of: 'old' } })
    await waitUntil(() => heard.frames.length > 0, { what: 'the welcome' })
    expect(heard.frames).toEqual([`<welcome {"sid":"${SID}","handle":7,"token":null,"resumed":false}>`])
    expect(client.facts()).toMatchObject({ client: 'Lantern', width: 80, height: 24 })
    expect(seen.facts).toBe(1)
    say('hello', { client: 'Lan\u001b[2Jtern\u202e' })
    await waitUntil(() => seen.facts === 2, { what: 'another hello' })
    expect(client.facts()).toMatchObject({ client: 'Lan[2Jtern', width: null })
  })
})

describe('what a client is sent', () => {
  it('keeps its order, in as few frames as that allows', async () => {
    const { client, heard } = await clientRig()
    client.send([
      { kind: 'text', text: 'a\n' },
      { kind: 'text', text: '\u001b[31mb\u001b[0m\n' },
      { kind: 'echo', on: false },
      { kind: 'prompt', text: 'Password: ' },
    ])
    await waitUntil(() => heard.frames.length === 3, { what: 'the frames' })
    expect(heard.frames).toEqual(['a\r\n\u001b[31mb\u001b[0m\r\n', '<echo {"on":false}>', 'Password: '])
  })

  it('has nothing of ours in it where only text is spoken', async () => {
    const { client, heard } = await clientRig({ subprotocol: 'terminal.mudstandards.org' })
    client.send([
      { kind: 'echo', on: false },
      { kind: 'prompt', text: 'Password: ' },
    ])
    client.end('quit')
    await waitUntil(() => heard.closed.length > 0, { what: 'the close' })
    expect(heard.frames).toEqual(['Password: '])
    expect(heard.closed).toEqual([[1000, 'quit']])
    expect(client.taken).toBeUndefined()
  })
})

describe('a flood', () => {
  it('of frames that are no line is one, while lines have their own rate', async () => {
    const { say, seen, lines, clock } = await clientRig({ frameBurst: 3 })
    for (let seq = 1; seq <= 20; seq++) say('input', { seq, line: 'x' })
    for (let number = 0; number < 3; number++) say('hello', {})
    await waitUntil(() => lines.length === 20, { what: 'the lines' })
    expect(seen.floods).toBe(0)
    await clock.advance(1_000)
    for (let number = 0; number < 3; number++) say('hello', {})
    await waitUntil(() => seen.floods > 0, { what: 'the flood' })
  })

  it('of lines that are not taken is one', async () => {
    const { say, seen, lines } = await clientRig({ frameBurst: 3 })
    for (let number = 0; number < 3; number++) say('input', { seq: 1, line: 'the same' })
    say('input', { seq: 2, line: 'two\nlines' })
    expect(seen.floods).toBe(0)
    say('input', { seq: 2, line: 'z'.repeat(9_000) })
    await waitUntil(() => seen.floods === 1, { what: 'the flood' })
    expect(lines.map(({ line }) => line)).toEqual(['the same'])
  })

  it('of pings is one', async () => {
    const { far, seen } = await clientRig({ frameBurst: 3 })
    for (let number = 0; number < 4; number++) far.ping()
    await waitUntil(() => seen.floods === 1, { what: 'the flood' })
  })

  it('of one message over its bound ends the connection, and is called so', async () => {
    const { far, ends, heard } = await clientRig({ maxPayload: 1_000 })
    far.send('x'.repeat(1_001))
    await waitUntil(() => heard.closed.length > 0, { what: 'the close' })
    expect(heard.closed[0]?.[0]).toBe(1009)
    expect(ends[0]).toBe('flood')
  })

  it('is not what bytes are that are no text: an error, with its code', async () => {
    const { far, ends, heard } = await clientRig()
    far.send(Buffer.of(0xff, 0xfe), { binary: false })
    await waitUntil(() => heard.closed.length > 0, { what: 'the close' })
    expect(heard.closed[0]?.[0]).toBe(1007)
    expect(ends[0]).toBe('error')
  })
})

describe('a client that is silent', () => {
  it('is kept while it answers pings', async () => {
    const { near, pass, ends } = await clientRig()
    let pongs = 0
    near.on('pong', () => void pongs++)
    for (let asked = 1; asked <= 2 * (SILENCE_MAX_MS / PING_EVERY_MS); asked++) {
      await pass(PING_EVERY_MS)
      await waitUntil(() => pongs >= asked, { what: 'the answer' })
    }
    expect(ends).toEqual([])
  })

  it('is lost when it answers none for so long', async () => {
    const { near, pass, ends } = await clientRig({ autoPong: false })
    await pass(SILENCE_MAX_MS)
    expect(ends).toEqual([])
    await pass(TICK_MS)
    expect(ends[0]).toBe('lost')
    expect(near.readyState).not.toBe(near.OPEN)
  })

  it('is not lost because this process was stopped, or does not read', async () => {
    const { client, clock, pass, ends } = await clientRig({ autoPong: false })
    await clock.advance(10 * SILENCE_MAX_MS)
    client.tick?.()
    client.pause()
    await pass(2 * SILENCE_MAX_MS)
    client.resume()
    await pass(SILENCE_MAX_MS - 1_000)
    expect(ends).toEqual([])
  })
})

describe('the end', () => {
  it.each([
    ['quit', '<bye {"reason":"quit"}>', 1000],
    ['boot', '<bye {"reason":"boot"}>', 1000],
    ['replaced', '<bye {"reason":"replaced"}>', 1000],
    ['shutdown', '<reconnect {"afterMs":1000}>', 4001],
    ['lease-lost', '<reconnect {"afterMs":1000}>', 4008],
    ['slow', '<bye {"reason":"slow"}>', 4009],
  ] as const)('by %s says whether to come back, and with its code', async (reason, message, code) => {
    const { client, heard, clock } = await clientRig()
    client.send([{ kind: 'text', text: 'Goodbye.\n' }])
    client.end(reason)
    client.send([{ kind: 'text', text: 'too late\n' }])
    await waitUntil(() => heard.closed.length > 0, { what: 'the close' })
    expect(heard.frames).toEqual(['Goodbye.\r\n', message])
    expect(heard.closed).toEqual([[code, reason]])
    await waitUntil(() => clock.pendingTimers() === 0, { what: 'no timer left' })
  })

  it('waits for no client longer than its time, also for one that was not read', async () => {
    const { client, near, far, clock } = await clientRig()
    client.pause()
    far.pause()
    client.end('quit')
    await clock.advance(PARTING_WAIT_MS - 1)
    expect(near.readyState).toBe(near.CLOSING)
    await clock.advance(1)
    await waitUntil(() => near.readyState === near.CLOSED, { what: 'the cut' })
  })

  it('is told when the client closes or breaks off', async () => {
    const [one, two] = [await clientRig(), await clientRig()]
    one.far.close()
    two.far.terminate()
    for (const { ends, clock } of [one, two]) {
      await waitUntil(() => ends.length > 0, { what: 'the news' })
      expect(ends).toEqual([undefined])
      expect(clock.pendingTimers()).toBe(0)
    }
  })
})
