import { describe, expect, it } from 'vitest'
import { charsetNamed } from '../charset.ts'
import { bytesOf, textOf } from '../testing/byte-streams.ts'
import { charsetOption } from './charset.ts'
import { nawsOption } from './naws.ts'
import type { OptionNotice, TelnetOption } from './option.ts'
import { TTYPE_NAME_MAX, ttypeOption } from './ttype.ts'

/** One option alone, its `side` just agreed: payloads in, payloads out. */
function start(option: TelnetOption, side: 'us' | 'him') {
  const notices: OptionNotice[] = []
  let memory = option.initial
  const take = (step: ReturnType<TelnetOption['onChange']>): string[] => {
    memory = step.memory
    notices.push(...(step.notices ?? []))
    return (step.payloads ?? []).map(textOf)
  }
  const change = (outcome: 'enabled' | 'disabled') => take(option.onChange(memory, { side, outcome }))
  const opened = change('enabled')
  return {
    opened,
    notices,
    change,
    facts: () => option.facts(memory),
    hear: (payload: string) =>
      take(option.onSubnegotiation(memory, bytesOf(payload), { us: side === 'us', him: side === 'him' })),
  }
}

const SEND = '\x01'

describe('TTYPE', () => {
  it('learns program, terminal and bits from a client that follows MTTS, in three rounds', () => {
    const ttype = start(ttypeOption, 'him')
    expect(ttype.opened).toEqual([SEND])
    expect(ttype.hear('\0TINTIN++')).toEqual([SEND])
    expect(ttype.hear('\0xterm-256color')).toEqual([SEND])
    expect(ttype.hear('\0MTTS 2825')).toEqual([])
    expect(ttype.notices).toEqual([{ kind: 'client', name: 'TINTIN++', terminal: 'xterm-256color', mtts: 2825 }])
    expect(ttype.facts()).toEqual({ clientName: 'TINTIN++', terminalType: 'xterm-256color', mtts: 2825 })
  })

  it('stops after two equal answers, which are a terminal and not a program', () => {
    const ttype = start(ttypeOption, 'him')
    ttype.hear('\0XTERM')
    expect(ttype.hear('\0XTERM')).toEqual([])
    expect(ttype.notices).toEqual([{ kind: 'client', name: null, terminal: 'XTERM', mtts: null }])
  })

  it('asks four times at most, of a client that always says something new', () => {
    const ttype = start(ttypeOption, 'him')
    const asked = ['\0A', '\0B', '\0C', '\0D', '\0E', '\0F'].flatMap((answer) => ttype.hear(answer))
    expect([...ttype.opened, ...asked]).toHaveLength(4)
    expect(ttype.notices).toEqual([{ kind: 'client', name: null, terminal: 'A', mtts: null }])
  })

  it('knows a client that stops answering as far as it told', () => {
    const ttype = start(ttypeOption, 'him')
    ttype.hear('\0ANSI')
    expect(ttype.facts()).toEqual({ clientName: null, terminalType: 'ANSI', mtts: null })
    ttype.change('disabled')
    expect(ttype.hear('\0VT100')).toEqual([])
  })

  it.each(['', '\0', '\x01', '\x02XTERM'])('asks no more after the malformed answer %j', (payload) => {
    const ttype = start(ttypeOption, 'him')
    expect(ttype.hear(payload)).toEqual([])
    expect(ttype.notices).toEqual([])
  })

  it('keeps printable characters only, and a bounded number of them', () => {
    const ttype = start(ttypeOption, 'him')
    ttype.hear(`\0\x1b[2J\xe9\nEvil${'x'.repeat(5000)}`)
    expect(ttype.facts().terminalType).toBe(`[2JEvil${'x'.repeat(TTYPE_NAME_MAX)}`.slice(0, TTYPE_NAME_MAX))
  })

  it('takes bits that are no number, or too long a one, as the name of a terminal', () => {
    const ttype = start(ttypeOption, 'him')
    ttype.hear('\0MTTS 99999999999999')
    ttype.hear('\0MTTS x')
    expect(ttype.facts().mtts).toBeNull()
  })
})

describe('NAWS', () => {
  it('learns the size of the window, at any time, and says what is new', () => {
    const naws = start(nawsOption, 'him')
    naws.hear('\x00\x50\x00\x18')
    naws.hear('\x00\x50\x00\x18')
    naws.hear('\x01\x00\xff\xff')
    expect(naws.notices).toEqual([
      { kind: 'naws', width: 80, height: 24 },
      { kind: 'naws', width: 256, height: 65535 },
    ])
    expect(naws.facts()).toEqual({ width: 256, height: 65535 })
  })

  it('takes 0 as unknown', () => {
    const naws = start(nawsOption, 'him')
    naws.hear('\x00\x50\x00\x00')
    expect(naws.facts()).toEqual({ width: 80, height: null })
  })

  it.each(['', '\x00', '\x00\x50\x00', '\x00\x50\x00\x18\x00'])('ignores %j, which is not four bytes', (payload) => {
    const naws = start(nawsOption, 'him')
    naws.hear(payload)
    expect(naws.notices).toEqual([])
  })
})

describe('CHARSET', () => {
  const REQUEST = '\x01;UTF-8;ISO-8859-1'

  it('asks for UTF-8 first and Latin-1 second, once for each connection', () => {
    const charset = start(charsetOption, 'us')
    expect(charset.opened).toEqual([REQUEST])
    charset.change('disabled')
    expect(charset.change('enabled')).toEqual([])
  })

  it.each([
    ['UTF-8', 'UTF-8'],
    ['utf8', 'UTF-8'],
    ['iso-8859-1', 'ISO-8859-1'],
    ['ISO_8859-1', 'ISO-8859-1'],
  ])('speaks what the client accepted: %s', (spelling, name) => {
    const charset = start(charsetOption, 'us')
    expect(charset.hear(`\x02${spelling}`)).toEqual([])
    expect(charset.notices).toEqual([{ kind: 'charset', name }])
    expect(charset.facts()).toEqual({ charset: name })
  })

  it('stays with UTF-8 when the client rejects, or accepts what was not offered', () => {
    for (const answer of ['\x03', '\x02KOI8-R', '\x02']) {
      const charset = start(charsetOption, 'us')
      expect(charset.hear(answer)).toEqual([])
      expect(charset.facts()).toEqual({ charset: 'UTF-8' })
      expect(charset.notices).toEqual([])
    }
  })

  it('believes an acceptance once: it does not change what is spoken later', () => {
    const charset = start(charsetOption, 'us')
    charset.hear('\x02UTF-8')
    charset.hear('\x02ISO-8859-1')
    expect(charset.facts()).toEqual({ charset: 'UTF-8' })
  })

  it.each([
    ['the first name that we speak', '\x01 KOI8-R latin1 UTF-8', '\x02latin1', 'ISO-8859-1'],
    ['with any separator', '\x01|UTF-8|ISO-8859-1', '\x02UTF-8', 'UTF-8'],
    ['beside an offered table', '\x01[TTABLE]\x01;KOI8-R;ISO-8859-1', '\x02ISO-8859-1', 'ISO-8859-1'],
    ['nothing, where we speak none of them', '\x01;KOI8-R;BIG5', '\x03', 'UTF-8'],
    ['nothing of an empty request', '\x01', '\x03', 'UTF-8'],
  ])('grants a request of the client: %s', (_, request, answer, name) => {
    const charset = start(charsetOption, 'him')
    expect(charset.opened).toEqual([])
    expect(charset.hear(request)).toEqual([answer])
    expect(charset.facts()).toEqual({ charset: name })
  })

  it('rejects a request that crosses its own, and hears later ones', () => {
    const charset = start(charsetOption, 'us')
    expect(charset.hear('\x01;ISO-8859-1')).toEqual(['\x03'])
    charset.hear('\x03')
    expect(charset.hear('\x01;ISO-8859-1')).toEqual(['\x02ISO-8859-1'])
  })

  it('rejects translation tables', () => {
    expect(start(charsetOption, 'us').hear('\x04\x01whatever')).toEqual(['\x05'])
  })

  it('knows a charset by its usual spellings, and no other', () => {
    expect(['Utf-8', 'LATIN-1', 'l1', 'US-ASCII', ''].map(charsetNamed)).toEqual([
      'UTF-8',
      'ISO-8859-1',
      'ISO-8859-1',
      null,
      null,
    ])
  })
})
