import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINE_BYTES_MAX, type Line } from './line-assembler.ts'
import { SUBNEGOTIATION_BYTES_MAX } from './parser.ts'
import { createTelnetProtocol, type TelnetNotice } from './telnet-protocol.ts'
import { bytesOf, chunkLengths, everySplit, hostileBytes, splitBy, textOf, utf8 } from './testing/byte-streams.ts'

function createPlayer(restore?: unknown) {
  const lines: Line[] = []
  const notices: TelnetNotice[] = []
  let written = ''
  const telnet = createTelnetProtocol({
    onLine: (line) => lines.push(line),
    onNotice: (notice) => notices.push(notice),
    write: (bytes) => {
      written += textOf(bytes)
    },
    restore,
  })
  return {
    telnet,
    lines,
    notices,
    texts: () => lines.map((line) => line.text),
    hear: (text: string) => telnet.receive(bytesOf(text)),
    /** What was written since the last time. */
    written: () => {
      const since = written
      written = ''
      return since
    },
  }
}

/** What TinTin++ sends from connect to its first command. */
const TINTIN =
  '\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\x00P\x00\x1e\xff\xf0\xff\xfd\x19\xff\xfd*' +
  '\xff\xfa\x18\x00TINTIN++\xff\xf0\xff\xfa*\x02UTF-8\xff\xf0\xff\xfa\x18\x00xterm\xff\xf0\xff\xfa\x18\x00MTTS 271\xff\xf0' +
  'connect b\xc3\xb6b\r\n'

describe('a telnet connection', () => {
  it('learns a client and its line, the same at every split point', () => {
    const play = (chunks: readonly Uint8Array[]) => {
      const player = createPlayer()
      player.telnet.open()
      for (const chunk of chunks) player.telnet.receive(chunk)
      return { notices: player.notices, lines: player.lines, info: player.telnet.info(), written: player.written() }
    }
    const whole = play([bytesOf(TINTIN)])
    expect(whole.lines).toEqual([{ text: 'connect böb', cut: false }])
    expect(whole.info).toEqual({
      width: 80,
      height: 30,
      clientName: 'TINTIN++',
      terminalType: 'xterm',
      mtts: 271,
      charset: 'UTF-8',
      echoSupported: null,
      capabilities: ['ttype', 'eor', 'naws', 'charset', 'mtts'],
    })
    expect(whole.notices).toEqual([
      { kind: 'naws', width: 80, height: 30 },
      { kind: 'charset', name: 'UTF-8' },
      { kind: 'client', name: 'TINTIN++', terminal: 'xterm', mtts: 271 },
    ])
    for (const chunks of everySplit(bytesOf(TINTIN))) expect(play(chunks)).toEqual(whole)
  })

  it('goes on in another process from any byte, as if nothing had happened', () => {
    const stream = bytesOf(`${TINTIN}\xff\xfd\x01half \xe2\x82\xac line\r\nnext\r`)
    const play = (cut: number) => {
      const before = createPlayer()
      before.telnet.open()
      before.telnet.receive(stream.subarray(0, cut))
      const after = createPlayer(JSON.parse(JSON.stringify(before.telnet.snapshot())))
      after.telnet.receive(stream.subarray(cut))
      return {
        texts: [...before.texts(), ...after.texts()],
        notices: [...before.notices, ...after.notices],
        info: after.telnet.info(),
        written: before.written() + after.written(),
      }
    }
    const whole = play(stream.length)
    expect(whole.texts).toEqual(['connect böb', 'half € line', 'next'])
    for (let cut = 0; cut < stream.length; cut += 1) expect(play(cut)).toEqual(whole)
  })

  it('comes back the same from a snapshot taken anywhere in hostile bytes', () => {
    fc.assert(
      fc.property(hostileBytes, hostileBytes, (first, second) => {
        const [stayed, moved] = [createPlayer(), createPlayer()]
        stayed.telnet.receive(first)
        moved.telnet.receive(first)
        const after = createPlayer(JSON.parse(JSON.stringify(moved.telnet.snapshot())))
        stayed.telnet.receive(second)
        after.telnet.receive(second)
        expect([...moved.lines, ...after.lines]).toEqual(stayed.lines)
        expect([...moved.notices, ...after.notices]).toEqual(stayed.notices)
        expect(after.telnet.snapshot()).toEqual(stayed.telnet.snapshot())
      }),
    )
  })

  it('refuses a snapshot that is none', () => {
    for (const restore of [null, {}, { v: 2 }, { ...createPlayer().telnet.snapshot(), parser: { phase: 'verb' } }]) {
      expect(() => createPlayer(restore)).toThrow()
    }
  })

  it('never throws, and answers a bounded multiple of what it got, whatever the bytes and however cut', () => {
    fc.assert(
      fc.property(hostileBytes, chunkLengths, fc.boolean(), (stream, lengths, hiding) => {
        const player = createPlayer()
        player.telnet.open()
        player.telnet.passwordMode(hiding)
        for (const chunk of splitBy(stream, lengths)) player.telnet.receive(chunk)
        player.telnet.passwordMode(false)
        expect(player.written().length).toBeLessThanOrEqual(6 * stream.length + 96)
        expect(JSON.stringify(player.telnet.snapshot()).length).toBeLessThan(4096)
      }),
      { numRuns: 500 },
    )
  })

  it('speaks the agreed charset both ways, from where it was agreed on', () => {
    const player = createPlayer()
    player.hear('\xff\xfd*')
    player.written()
    player.hear('caf\xc3\xa9\r\n\xff\xfa*\x02ISO-8859-1\xff\xf0caf\xe9\r\n')
    expect(player.texts()).toEqual(['café', 'café'])
    player.telnet.sendText('ÿ €\n')
    expect(player.written()).toBe('\xff\xff ?\r\n')
  })

  it('marks prompts by EOR where agreed, else by GA unless that is suppressed', () => {
    const prompt = (heard: string) => {
      const player = createPlayer()
      player.hear(heard)
      player.written()
      player.telnet.sendPrompt('> ')
      return player.written()
    }
    expect(prompt('')).toBe('> \xff\xf9')
    expect(prompt('\xff\xfd\x03')).toBe('> ')
    expect(prompt('\xff\xfd\x19')).toBe('> \xff\xef')
    expect(prompt('\xff\xfd\x03\xff\xfd\x19')).toBe('> \xff\xef')
  })

  it('ends the line on the screen for a client that does not echo its own line end, for each hidden line', () => {
    const player = createPlayer()
    player.telnet.passwordMode(true)
    expect(player.written()).toBe('\xff\xfb\x01')
    player.hear('\xff\xfd\x01secret\r\nsecret\r\n')
    expect(player.written()).toBe('\r\n\r\n')
    player.telnet.passwordMode(false)
    expect(player.written()).toBe('\xff\xfc\x01')
    player.hear('look\r\n')
    expect(player.written()).toBe('')
    expect(player.texts()).toEqual(['secret', 'secret', 'look'])
  })

  it('adds no line end for a client that refuses to hide, and says that it does', () => {
    const player = createPlayer()
    player.telnet.passwordMode(true)
    player.hear('\xff\xfe\x01secret\r\n')
    player.telnet.passwordMode(false)
    expect(player.written()).toBe('\xff\xfb\x01')
    expect(player.notices).toEqual([{ kind: 'echo', supported: false }])
    expect(player.telnet.info().echoSupported).toBe(false)
  })

  it('lets a line handler use the connection it came from', () => {
    const told: string[] = []
    const telnet = createTelnetProtocol({
      onLine: ({ text }) => {
        telnet.passwordMode(text === 'name')
        telnet.sendPrompt(`${text}? `)
      },
      onNotice: () => undefined,
      write: (bytes) => told.push(textOf(bytes)),
    })
    telnet.receive(bytesOf('name\r\n\xff\xfd\x01secret\r\n\xff\xfe\x01'))
    expect(told).toEqual(['\xff\xfb\x01', 'name? \xff\xf9', '\r\n', '\xff\xfc\x01', 'secret? \xff\xf9'])
  })

  it('answers AYT, erases by EC and EL, and stays calm at other commands', () => {
    const player = createPlayer()
    player.hear('\xff\xf6')
    expect(player.written()).toBe('\r\n[Yes]\r\n')
    player.hear('lookk\xff\xf7\r\nbad\xff\xf8good\r\n\xff\xf1\xff\xf2\xff\xf3\xff\xf4\xff\xf5\xff\xf9\xff\xefx\n')
    expect(player.texts()).toEqual(['look', 'good', 'x'])
    expect(player.written()).toBe('')
  })

  it('takes a CR, a command between, and a LF as one line end', () => {
    const player = createPlayer()
    player.hear('a\r\xff\xf1\nb\n')
    expect(player.texts()).toEqual(['a', 'b'])
  })

  it('tells what it dropped', () => {
    const player = createPlayer()
    player.hear(`${'x'.repeat(LINE_BYTES_MAX + 3)}\n\xff\xfa\x18${'y'.repeat(SUBNEGOTIATION_BYTES_MAX + 1)}\xff\xf0`)
    expect(player.lines[0]?.cut).toBe(true)
    expect(player.notices).toEqual([
      { kind: 'dropped', what: 'line-bytes', count: 3 },
      { kind: 'dropped', what: 'subnegotiation', count: 1 },
    ])
  })

  it('writes nothing for an empty text', () => {
    const player = createPlayer()
    player.telnet.sendText('')
    player.telnet.sendText('\r')
    expect(player.written()).toBe('')
  })

  it('does not read the chunk again after it returned', () => {
    const player = createPlayer()
    const chunk = utf8('half a li')
    player.telnet.receive(chunk)
    chunk.fill(0)
    player.hear('ne\n')
    expect(player.texts()).toEqual(['half a line'])
  })
})
