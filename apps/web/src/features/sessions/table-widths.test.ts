import { describe, expect, it } from 'vitest'
import { layoutOf } from './column-layout.ts'
import { COLUMNS, columnsIn, widthsIn } from './columns.tsx'
import { SELECT_WIDTH, tableWidths } from './table-widths.tsx'

const LONGEST = 4

function laidOut(text: string | null, boxWidth = 1_200) {
  const layout = layoutOf(text, COLUMNS)
  return tableWidths(columnsIn(layout), widthsIn(layout, LONGEST), layout.pinned.length, boxWidth)
}

describe('the widths of a list', () => {
  it('leave what is left to the host, and to an empty column where the host is not there or has its own', () => {
    expect(laidOut(null)).toMatchObject({ pinned: 0, hasFiller: false })
    expect(laidOut(null).widths.filter((width) => width === null)).toHaveLength(1)
    expect(laidOut('state,player')).toMatchObject({ widths: [146, 164], hasFiller: true })
    expect(laidOut('state,host:200')).toMatchObject({ widths: [146, 200], hasFiller: true })
  })

  it('put each pinned column where the one before it ends', () => {
    const { pinned, style } = laidOut('player:220,state;handle')
    expect(pinned).toBe(2)
    expect(style).toMatchObject({ '--left-0': `${SELECT_WIDTH}px`, '--left-1': `${SELECT_WIDTH + 220}px` })
  })

  it('give a pinned host a width of its own', () => {
    const { widths, hasFiller } = laidOut('host;player')
    expect([widths.includes(null), hasFiller]).toEqual([false, true])
  })

  it('pin nothing where the pinned ones would leave no room to scroll the others in', () => {
    expect(laidOut('player:600;state,handle', 700).pinned).toBe(0)
    expect(laidOut('player:600;state,handle', 900).pinned).toBe(1)
  })

  it('are never less in all than the columns that the window has room for', () => {
    const { style } = laidOut('state,type,server,host:100')
    const server = widthsIn(layoutOf('server', COLUMNS), LONGEST)[0] ?? 0
    const least = SELECT_WIDTH + 146 + 100
    expect(style).toMatchObject({
      '--least': `${least + 78 + server}px`,
      '--least-first': `${least + server}px`,
      '--least-less': `${least}px`,
    })
  })
})
