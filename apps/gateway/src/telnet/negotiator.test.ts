import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  enabledOptions,
  factsOf,
  INITIAL_NEGOTIATOR_STATE,
  type NegotiationEvent,
  type NegotiatorState,
  negotiate,
  restoreNegotiator,
  sideOf,
} from './negotiator.ts'
import { OPENING } from './opening.ts'
import type { OptionNotice } from './options/option.ts'
import { INITIAL_PARSER_STATE, type ParserState, parseTelnet } from './parser.ts'
import { OPTION } from './telnet-codes.ts'
import { bytesOf, hostileBytes, textOf } from './testing/byte-streams.ts'

/** A negotiator with a parser before it: bytes in, bytes out. */
function createPeer() {
  let parser: ParserState = INITIAL_PARSER_STATE
  let state: NegotiatorState = INITIAL_NEGOTIATOR_STATE
  const notices: OptionNotice[] = []
  const step = (event: NegotiationEvent): string => {
    const result = negotiate(state, event)
    state = result.state
    notices.push(...result.notices)
    return textOf(result.send)
  }
  return {
    notices,
    step,
    state: () => state,
    open: () => OPENING.map(({ side, option }) => step({ kind: 'askOn', side, option })).join(''),
    hear(bytes: string): string {
      const result = parseTelnet(parser, bytesOf(bytes))
      parser = result.state
      return result.events
        .map((event) => (event.kind === 'data' || event.kind === 'command' ? '' : step(event)))
        .join('')
    },
  }
}

const WILL = '\xff\xfb'
const WONT = '\xff\xfc'
const DO = '\xff\xfd'
const DONT = '\xff\xfe'

describe('the opening', () => {
  it('asks for TTYPE, NAWS, EOR and CHARSET', () => {
    expect(createPeer().open()).toBe(`${DO}\x18${DO}\x1f${WILL}\x19${WILL}\x2a`)
  })

  it('leaves plain telnet in line mode with local echo: neither SGA nor ECHO is offered', () => {
    const options = OPENING.map(({ option }) => option)
    expect(options).not.toContain(OPTION.sga)
    expect(options).not.toContain(OPTION.echo)
  })
})

describe('negotiate', () => {
  it('refuses every option it does not speak, each time it is asked, and keeps nothing of it', () => {
    const known = new Set<number>(Object.values(OPTION))
    const peer = createPeer()
    for (let option = 0; option < 256; option += 1) {
      if (known.has(option)) continue
      const byte = String.fromCharCode(option)
      expect(peer.hear(DO + byte)).toBe(WONT + byte)
      expect(peer.hear(WILL + byte)).toBe(DONT + byte)
      expect(peer.hear(DO + byte)).toBe(WONT + byte)
      expect(peer.hear(`${WONT}${byte}${DONT}${byte}\xff\xfa${byte}x\xff\xf0`)).toBe('')
    }
    expect(peer.state()).toEqual({})
  })

  it.each([
    ['ECHO', '\x01', WONT, DONT],
    ['SGA', '\x03', WILL, DO],
    ['TTYPE', '\x18', WONT, `${DO}\x18\xff\xfa\x18\x01\xff\xf0`],
    ['EOR', '\x19', WILL, DONT],
    ['NAWS', '\x1f', WONT, DO],
  ])('answers %s asked for by the client, and says nothing to what is already so', (_, byte, toDo, toWill) => {
    const peer = createPeer()
    expect(peer.hear(WONT + byte + DONT + byte)).toBe('')
    expect(peer.hear(DO + byte)).toBe(toDo + byte)
    expect(peer.hear(WILL + byte)).toBe(toWill.length > 2 ? toWill : toWill + byte)
    expect(peer.hear(DO + byte)).toBe(toDo === WILL ? '' : WONT + byte)
    expect(peer.hear(DONT + byte)).toBe(toDo === WILL ? WONT + byte : '')
  })

  it('is silent when its own offers are taken or refused', () => {
    const peer = createPeer()
    peer.open()
    expect(peer.hear(`${DO}\x19${WILL}\x1f${DONT}\x2a${WONT}\x18`)).toBe('')
    expect(enabledOptions(peer.state())).toEqual(['eor', 'naws'])
  })

  it('ignores what an option says before it is agreed', () => {
    const peer = createPeer()
    peer.open()
    const naws = '\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0'
    expect(peer.hear(`${naws}\xff\xfa\x18\x00XTERM\xff\xf0\xff\xfa\x2a\x01;UTF-8\xff\xf0`)).toBe('')
    expect(peer.notices).toEqual([])
    expect(factsOf(peer.state())).toMatchObject({ width: null, terminalType: null })
  })

  it('settles with another of its kind, whatever either asks for', () => {
    const ask = fc.record({
      kind: fc.constantFrom('askOn', 'askOff', 'insistOff'),
      side: fc.constantFrom('us', 'him'),
      option: fc.constantFrom(...Object.values(OPTION)),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), ask), { maxLength: 20 }), (asks) => {
        const [left, right] = [createPeer(), createPeer()]
        let [toRight, toLeft] = [left.open(), right.open()]
        for (const [isLeft, event] of asks) {
          if (isLeft) toRight += left.step(event)
          else toLeft += right.step(event)
        }
        let turns = 0
        while (toLeft + toRight !== '' && turns < 20) {
          turns += 1
          const [heardLeft, heardRight] = [toLeft, toRight]
          toRight = left.hear(heardLeft)
          toLeft = right.hear(heardRight)
        }
        expect(toLeft + toRight).toBe('')
      }),
      { numRuns: 1000 },
    )
  })

  it('answers a hostile peer with a bounded multiple of what it sent, and keeps bounded state', () => {
    fc.assert(
      fc.property(hostileBytes, (stream) => {
        const peer = createPeer()
        const opened = peer.open().length
        const sent = peer.hear(textOf(stream)).length
        expect(sent).toBeLessThanOrEqual(5 * stream.length + opened + 64)
        expect(Object.keys(peer.state()).length).toBeLessThanOrEqual(Object.keys(OPTION).length)
        expect(JSON.stringify(peer.state()).length).toBeLessThan(2048)
      }),
      { numRuns: 500 },
    )
  })

  it('comes back the same from JSON after any history', () => {
    fc.assert(
      fc.property(hostileBytes, (stream) => {
        const peer = createPeer()
        peer.open()
        peer.hear(textOf(stream))
        expect(restoreNegotiator(JSON.parse(JSON.stringify(peer.state())))).toEqual(peer.state())
      }),
    )
  })

  it('takes no state that is none, and leaves out options it does not know', () => {
    expect(() => restoreNegotiator({ 31: { us: 'no', him: 'yes', memory: { width: 'wide' } } })).toThrow()
    expect(() => restoreNegotiator({ 31: { us: 'maybe', him: 'yes', memory: null } })).toThrow()
    expect(restoreNegotiator({ 201: { us: 'yes', him: 'no', memory: 1 } })).toEqual({})
  })
})

describe('ECHO', () => {
  const on: NegotiationEvent = { kind: 'askOn', side: 'us', option: OPTION.echo }
  const off: NegotiationEvent = { kind: 'insistOff', side: 'us', option: OPTION.echo }

  it('is offered and taken back, and learns that the client honours it', () => {
    const peer = createPeer()
    expect(factsOf(peer.state()).echoSupported).toBeNull()
    expect(peer.step(on) + peer.step(on)).toBe(`${WILL}\x01`)
    expect(peer.hear(`${DO}\x01`)).toBe('')
    expect(factsOf(peer.state()).echoSupported).toBe(true)
    expect(peer.step(off) + peer.step(off)).toBe(`${WONT}\x01`)
    expect(peer.hear(`${DONT}\x01`)).toBe('')
    expect(peer.notices).toEqual([{ kind: 'echo', supported: true }])
  })

  it('learns that a client refuses, and asks again the next time', () => {
    const peer = createPeer()
    peer.step(on)
    expect(peer.hear(`${DONT}\x01`)).toBe('')
    expect(factsOf(peer.state()).echoSupported).toBe(false)
    expect(peer.step(off)).toBe('')
    expect(peer.step(on)).toBe(`${WILL}\x01`)
  })

  it('is taken back from a client that never answers', () => {
    const peer = createPeer()
    peer.step(on)
    expect(peer.step(off)).toBe(`${WONT}\x01`)
    expect(peer.step(on)).toBe(`${WILL}\x01`)
  })

  it('hides the second password too where the client never confirms WONT, as TinTin++', () => {
    const peer = createPeer()
    peer.step(on)
    peer.hear(`${DO}\x01`)
    peer.step(off)
    expect(peer.step(on)).toBe(`${WILL}\x01`)
    peer.hear(`${DO}\x01`)
    expect(sideOf(peer.state(), OPTION.echo, 'us')).toBe('yes')
  })
})
