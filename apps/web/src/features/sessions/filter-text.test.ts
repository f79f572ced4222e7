import { describe, expect, it } from 'vitest'
import { isWhole, problemInAnswer, problemOfWord, suggestionsFor, textOfWords, wordsOf } from './filter-text.ts'

const word = (text: string) => {
  const [first] = wordsOf(text)
  if (!first) throw new Error('no word')
  return first
}

describe('the text of a filter', () => {
  it('parts at spaces outside of quotes, and is put together the same', () => {
    const text = 'state:drifted  -gateway:gw-2 player:"Old Tamsin" "a b"'
    const words = wordsOf(text)
    expect(words.map(({ raw }) => raw)).toEqual(['state:drifted', '-gateway:gw-2', 'player:"Old Tamsin"', '"a b"'])
    expect(textOfWords(words)).toBe('state:drifted -gateway:gw-2 player:"Old Tamsin" "a b"')
    expect(words[1]).toMatchObject({ isNegated: true, key: 'gateway', value: 'gw-2' })
    expect(words[3]).toMatchObject({ key: null })
  })

  it('keeps an open quote together while it is typed', () => {
    expect(wordsOf('player:"Old Tam')).toHaveLength(1)
    expect(isWhole(word('player:"Old Tam'))).toBe(false)
  })

  it('knows what is not yet a filter', () => {
    expect(['state:', '-', '"x'].map((text) => isWhole(word(text)))).toEqual([false, false, false])
    expect(['x', 'state:drifted', '2001:db8::1'].map((text) => isWhole(word(text)))).toEqual([true, true, true])
  })

  it('names a key that nobody knows, and the one that was meant', () => {
    expect(problemOfWord(word('gatway:gw-2'))).toBe('No key gatway. Did you mean gateway?')
    expect(problemOfWord(word('zzz:1'))).toBe('No key zzz.')
    expect(problemOfWord(word('gate-way:gw2'))).toBe('No key gate-way. Did you mean gateway?')
    expect(problemOfWord(word('__proto__:x'))).toBe('No key __proto__.')
    expect([problemOfWord(word('fe80::1')), problemOfWord(word('"gate-way:gw2"'))]).toEqual([null, null])
    expect([problemOfWord(word('drifted:room')), problemOfWord(word('kestrel'))]).toEqual([null, null])
  })

  it('finds the word that the console did not understand', () => {
    expect(problemInAnswer('filter, at "idle:soon": idle: needs > or < and a time')).toEqual({
      raw: 'idle:soon',
      problem: 'idle: needs > or < and a time',
    })
    expect(problemInAnswer('sort, at "x": no')).toBeNull()
  })

  it('offers keys, then their values', () => {
    expect(suggestionsFor('ga', {})).toEqual([{ raw: 'gateway:', hint: 'the gateway, or a part of its name' }])
    expect(suggestionsFor('-gateway:', { gateway: ['gw-1', 'gw-2'] }).map(({ raw }) => raw)).toEqual([
      '-gateway:gw-1',
      '-gateway:gw-2',
    ])
    expect(suggestionsFor('state:dr', {}).map(({ raw }) => raw)).toEqual(['state:drifted'])
    expect(suggestionsFor('state:drifted', {})).toEqual([])
  })
})
