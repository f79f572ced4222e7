import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanLine } from './clean-line.ts'
import { parse, parseLogin, parseNames, splitAtEquals } from './parse.ts'

describe('parse', () => {
  it('takes a word, its switches and the rest apart', () => {
    expect(parse('@boot/port/quiet  12 ')).toEqual({
      word: '@boot',
      switches: ['port', 'quiet'],
      argument: '12',
      line: '@boot/port/quiet  12 ',
    })
    expect(parse('WHO')).toMatchObject({ word: 'WHO', switches: [], argument: '' })
  })

  it('reads the signs of speech without a space', () => {
    expect(parse('"hello there')).toMatchObject({ word: 'say', argument: 'hello there' })
    expect(parse(':waves')).toMatchObject({ word: 'pose', switches: [], argument: 'waves' })
    expect(parse(";'s hat")).toMatchObject({ word: 'pose', switches: ['nospace'], argument: "'s hat" })
  })

  it('does nothing with nothing', () => {
    expect(parse('')).toBeNull()
  })

  it('never throws, and keeps the line, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        const line = cleanLine(typed)
        const words = parse(line)
        expect(words === null ? '' : words.line).toBe(line)
        if (words) expect(words.switches.every((each) => each !== '' && each === each.toLowerCase())).toBe(true)
        splitAtEquals(line)
        parseLogin(line)
        parseNames(line)
      }),
    )
  })
})

describe('parseLogin', () => {
  it.each([
    ['Bob secret', { name: 'Bob', password: 'secret' }],
    ['Bob  two words ', { name: 'Bob', password: 'two words' }],
    ['"Bob the Great" secret', { name: 'Bob the Great', password: 'secret' }],
    ['"Bob the Great"', { name: 'Bob the Great', password: null }],
    ['"Bob secret', { name: 'Bob secret', password: null }],
    ['Bob', { name: 'Bob', password: null }],
    ['', { name: '', password: null }],
  ])('reads %s', (typed, login) => {
    expect(parseLogin(typed)).toEqual(login)
  })
})

describe('splitAtEquals', () => {
  it('splits at the first sign only', () => {
    expect(splitAtEquals(' a b = c=d ')).toEqual({ left: 'a b', right: 'c=d' })
    expect(splitAtEquals('a')).toEqual({ left: 'a', right: null })
  })
})

describe('parseNames', () => {
  it('reads spaces, commas and quotes, each name once', () => {
    expect(parseNames('Bob, "Al the Grey" Bob,Cy')).toEqual(['Bob', 'Al the Grey', 'Cy'])
  })
})
