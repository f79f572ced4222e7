import { once } from 'node:events'
import { manualClock, waitUntil } from '@holdfast/runtime/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { hear, type SocketPair, socketPair } from '../testing/socket-pair.ts'
import { createTelnetClient, END_WAIT_MS } from './telnet-client.ts'

const pairs: SocketPair[] = []
afterEach(() => {
  for (const pair of pairs.splice(0)) pair.close()
})

async function clientRig() {
  const pair = await socketPair()
  pairs.push(pair)
  const clock = manualClock()
  const lines: { line: string; cut: boolean }[] = []
  const dropped: [string, number][] = []
  const seen = { facts: 0, sent: 0, gone: 0 }
  const client = createTelnetClient(
    pair.near,
    {
      onLine: (line, cut) => lines.push({ line, cut }),
      onFacts: () => void seen.facts++,
      onSent: () => void seen.sent++,
      onDropped: (what, count) => dropped.push([what, count]),
      onFlood: () => undefined,
      onGone: () => void seen.gone++,
    },
    clock,
  )
  const sentAtOpening = seen.sent
  return { ...pair, client, clock, lines, dropped, seen, sentAtOpening }
}

describe('a telnet client', () => {
  it('hands on lines, and says which were cut and how much is missing', async () => {
    const { far, lines, dropped } = await clientRig()
    far.write(`look\r\n${'x'.repeat(8_200)}\r\n`)
    await waitUntil(() => lines.length === 2, { what: 'both lines' })
    expect(lines).toEqual([
      { line: 'look', cut: false },
      { line: 'x'.repeat(8_192), cut: true },
    ])
    expect(dropped.reduce((sum, [what, count]) => sum + (what === 'line-bytes' ? count : 0), 0)).toBe(8)
  })

  it('counts a subnegotiation that is too long', async () => {
    const { far, dropped } = await clientRig()
    far.write(Buffer.concat([Buffer.of(255, 250, 24), Buffer.alloc(20_000, 65), Buffer.of(255, 240)]))
    await waitUntil(() => dropped.length > 0, { what: 'the count' })
    expect(dropped).toEqual([['subnegotiation', 1]])
  })

  it('sends text, prompt and echo of one record in their order', async () => {
    const { far, client } = await clientRig()
    const heard = hear(far)
    client.send([
      { kind: 'text', text: 'a\n' },
      { kind: 'echo', on: false },
      { kind: 'prompt', text: 'Password: ' },
    ])
    await waitUntil(() => heard.text.includes('Password: '), { what: 'the prompt' })
    expect(heard.text).toContain('a\r\n\xff\xfb\x01Password: \xff\xf9')
  })

  it('learns the size of the window, and tells that it has', async () => {
    const { far, client, seen } = await clientRig()
    far.write(Buffer.of(255, 251, 31, 255, 250, 31, 0, 100, 0, 40, 255, 240))
    await waitUntil(() => seen.facts > 0, { what: 'the size' })
    expect(client.facts()).toMatchObject({ width: 100, height: 40 })
  })

  it('lets the backlog be looked at after what it sends and after what it answers by itself', async () => {
    const { far, client, seen, sentAtOpening } = await clientRig()
    client.send([{ kind: 'text', text: 'x' }])
    expect(seen.sent).toBe(sentAtOpening + 1)
    far.write(Buffer.of(255, 246)) // are you there?
    await waitUntil(() => seen.sent > sentAtOpening + 1, { what: 'a look after the answer' })
  })

  it('is gone when it closes its side, though nobody reads what is left for it', async () => {
    const { far, client, seen } = await clientRig()
    client.send([{ kind: 'text', text: 'x'.repeat(8 * 1024 * 1024) }])
    expect(client.backlogBytes).toBeGreaterThan(0)
    far.end()
    await waitUntil(() => seen.gone > 0, { what: 'the news' })
  })

  it('is gone when it breaks off', async () => {
    const { far, seen } = await clientRig()
    far.resetAndDestroy()
    await waitUntil(() => seen.gone > 0, { what: 'the news' })
  })
})

describe('the end of a telnet client', () => {
  it('lets it read its goodbye although it has sent what nobody read', async () => {
    const { far, near, client, clock } = await clientRig()
    client.pause()
    far.write('typed ahead\r\n'.repeat(10_000))
    client.send([{ kind: 'text', text: 'Goodbye.\n' }])
    client.end('quit')
    const heard = hear(far)
    await waitUntil(() => heard.ended, { what: 'the end' })
    expect(heard.text.endsWith('Goodbye.\r\n')).toBe(true)
    far.end()
    await waitUntil(() => near.destroyed, { what: 'the close' })
    expect(clock.pendingTimers()).toBe(0)
  })

  it('comes within its time although the client dribbles on', async () => {
    const { far, near, client, clock } = await clientRig()
    far.resume()
    client.end('quit')
    client.end('quit')
    await once(far, 'end')
    for (let passed = 0; passed < END_WAIT_MS; passed += 1_000) {
      expect(near.destroyed).toBe(false)
      far.write('x')
      await clock.advance(1_000)
    }
    expect(near.destroyed).toBe(true)
  })

  it('comes within its time although the client reads nothing', async () => {
    const { far, near, client, clock } = await clientRig()
    far.pause()
    client.send([{ kind: 'text', text: 'x'.repeat(8 * 1024 * 1024) }])
    client.end('quit')
    await clock.advance(END_WAIT_MS)
    expect(near.destroyed).toBe(true)
  })

  it('takes nothing more to send, and leaves no timer behind when destroyed', async () => {
    const { client, clock, near } = await clientRig()
    client.destroy('slow')
    client.send([{ kind: 'text', text: 'x' }])
    client.end('quit')
    expect([near.destroyed, clock.pendingTimers()]).toEqual([true, 0])
  })
})
