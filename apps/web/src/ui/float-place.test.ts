import { describe, expect, it } from 'vitest'
import { placeBeside } from './float-place.ts'

const WINDOW = { width: 1_000, height: 800 }

describe('what floats', () => {
  it('stands under its anchor, begun where that begins', () => {
    expect(placeBeside({ left: 100, right: 200, top: 50, bottom: 78 }, { width: 320, height: 200 }, WINDOW)).toEqual({
      left: 100,
      top: 84,
    })
  })

  it('ends where its anchor ends when there is no room to the right', () => {
    expect(placeBeside({ left: 900, right: 990, top: 50, bottom: 78 }, { width: 320, height: 200 }, WINDOW).left).toBe(
      670,
    )
  })

  it('stands above where there is no room below', () => {
    expect(placeBeside({ left: 100, right: 200, top: 750, bottom: 778 }, { width: 320, height: 200 }, WINDOW).top).toBe(
      544,
    )
  })

  it('never leaves the window, however small that is', () => {
    const at = placeBeside(
      { left: 250, right: 310, top: 10, bottom: 40 },
      { width: 300, height: 600 },
      { width: 320, height: 480 },
    )
    expect(at.left).toBeGreaterThanOrEqual(8)
    expect(at.left + 300).toBeLessThanOrEqual(320 - 8)
  })
})
