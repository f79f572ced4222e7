import { describe, expect, it } from 'vitest'
import { loadTexts } from '../text/texts.ts'
import { COMMANDS, findCommand, pageOf } from './registry.ts'

describe('the commands', () => {
  it('have a help page each, and no page is about nothing', () => {
    const pages = new Set(loadTexts().help.keys())
    const wanted = new Set(COMMANDS.map(pageOf))
    expect([...wanted].filter((page) => !pages.has(page))).toEqual([])
    expect([...pages].filter((page) => !wanted.has(page))).toEqual([])
  })

  it('have names that differ where they are typed', () => {
    for (const stage of ['login', 'game'] as const) {
      const names = COMMANDS.filter(({ at }) => at === stage || at === 'both').flatMap(({ name, aliases = [] }) =>
        [name, ...aliases].map((each) => each.toLowerCase()),
      )
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('are found by their name in any case, by alias, and by a beginning that means one', () => {
    expect(findCommand('SAY', 'game')).toMatchObject({ kind: 'exact', command: { name: 'say' } })
    expect(findCommand('l', 'game')).toMatchObject({ kind: 'exact', command: { name: 'look' } })
    expect(findCommand('lo', 'game')).toMatchObject({ kind: 'abbreviated', command: { name: 'look' } })
    expect(findCommand('co', 'login')).toMatchObject({ kind: 'abbreviated', command: { name: 'connect' } })
  })

  it('are not found by a letter, by a beginning that means two, or shortened where that ends something', () => {
    for (const word of ['s', 'w', '@', '@d', 'qui', 'logou', 'hom', '@boo', '@passwor']) {
      expect([word, findCommand(word, 'game').kind]).toEqual([word, 'none'])
    }
  })

  it('belong to the login screen or to the game', () => {
    expect(findCommand('connect', 'game').kind).toBe('none')
    expect(findCommand('say', 'login').kind).toBe('none')
    expect(findCommand('who', 'login').kind).toBe('exact')
  })
})
