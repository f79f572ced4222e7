import { describe, expect, test } from 'vitest'
import { createLedger } from './ledger.ts'
import type { Player } from './player.ts'

/** A player who heard these lines after the ledger was opened, 100 ms apart. */
function listener(name: string): { player: Player; hears: (text: string) => void } {
  const lines: { text: string; at: number }[] = []
  const never = (): never => {
    throw new Error('the ledger only listens')
  }
  return {
    hears: (text) => void lines.push({ text, at: lines.length * 100 }),
    player: {
      name,
      lines,
      isOpen: true,
      closed: Promise.resolve(0),
      sent: () => 0,
      send: never,
      waitFor: never,
      ask: never,
      type: never,
      hangUp: never,
    },
  }
}

function threeLinesOfAnn(...heard: number[]): string[] {
  const bob = listener('Bob')
  const ledger = createLedger('t', [bob.player])
  const ann = listener('Ann').player
  for (const number of [1, 2, 3]) ledger.say(ann, number)
  for (const number of heard) bob.hears(`Ann says, "t ${number}"`)
  return ledger.problems()
}

describe('the ledger', () => {
  test('has nothing to say of lines heard once and in order', () => {
    expect(threeLinesOfAnn(1, 2, 3)).toEqual([])
  })

  test.each([
    { heard: [1, 3], problem: '1 missing: 2' },
    { heard: [1, 2], problem: '1 missing: 3' },
    { heard: [1, 2, 2, 3], problem: '2 again after 2' },
    { heard: [1, 2, 3, 1], problem: '1 again after 3' },
    { heard: [2, 1, 3], problem: '1 after 2' },
  ])('sees that $heard is wrong', ({ heard, problem }) => {
    expect(threeLinesOfAnn(...heard)).toEqual([expect.stringContaining(problem)])
  })

  test('sees lines of who has said nothing, and closed connections', () => {
    const bob = listener('Bob')
    const gone = { ...listener('Cyd').player, isOpen: false }
    const ledger = createLedger('t', [bob.player, gone])
    bob.hears('Eve says, "t 1"')
    expect(ledger.problems()).toEqual(['Bob heard Eve, who has said nothing', 'Cyd: the connection is closed'])
  })

  test("takes a speaker's own lines as heard, leaves others' topics aside, and measures silence", async () => {
    const ann = listener('Ann')
    const ledger = createLedger('t', [ann.player])
    ledger.say(ann.player, 1)
    ledger.say(ann.player, 2)
    for (const text of ['You say, "t 1"', 'Bob says, "another 1"', 'You say, "t 2"']) ann.hears(text)
    expect(await ledger.complete(0)).toEqual({
      said: 2,
      heard: 2,
      longestSilenceMs: 200,
      silenceOfMs: new Map([['Ann', 200]]),
    })
  })

  test('throws, and says what is missing, when not all is heard in time', async () => {
    const ann = listener('Ann').player
    const ledger = createLedger('t', [ann])
    ledger.say(ann, 1)
    await expect(ledger.complete(0)).rejects.toThrow('1 missing: 1')
  })
})
