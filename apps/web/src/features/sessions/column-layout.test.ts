import { describe, expect, it } from 'vitest'
import {
  type ColumnLayout,
  initialLayout,
  layoutOf,
  layoutText,
  WIDTH_MAX,
  WIDTH_MIN,
  withPin,
  withPlaceBeside,
  withShown,
  withStep,
  withWidth,
} from './column-layout.ts'

const KINDS = [{ id: 'state' }, { id: 'handle' }, { id: 'player' }, { id: 'ip', isOptional: true }, { id: 'idle' }]
const read = (text: string | null): ColumnLayout => layoutOf(text, KINDS)
const START = 'state,handle,player,idle'

describe('the text of a layout', () => {
  it('says what it was made of, and only that', () => {
    for (const text of ['player,state', 'player:220;state,idle:64', 'player,ip;', START])
      expect(layoutText(read(text))).toBe(text)
  })

  it('means the columns of the product where it says nothing', () => {
    for (const text of [null, '', ';', 'colour,shape']) expect(read(text)).toEqual(initialLayout(KINDS))
    expect(layoutText(initialLayout(KINDS))).toBe(START)
  })

  it('is read as far as it has sense: no unknown column, none twice, no width that nobody could use', () => {
    expect(layoutText(read('player,colour,player:90;state:12,player,idle:99999,handle:x,ip:9000'))).toBe(
      `player;state:${WIDTH_MIN},idle,handle,ip:${WIDTH_MAX}`,
    )
  })
})

describe('a column', () => {
  const change = (text: string, how: (layout: ColumnLayout) => ColumnLayout): string => layoutText(how(read(text)))

  it('comes in where the product has it, and goes; the last one stays', () => {
    expect(change(START, (layout) => withShown(layout, 'ip', true, KINDS))).toBe('state,handle,player,ip,idle')
    expect(change('idle,state', (layout) => withShown(layout, 'player', true, KINDS))).toBe('player,idle,state')
    expect(change('player;state', (layout) => withShown(layout, 'player', false, KINDS))).toBe('state')
    expect(change('state', (layout) => withShown(layout, 'state', false, KINDS))).toBe('state')
    expect(change('state', (layout) => withShown(layout, 'state', true, KINDS))).toBe('state')
  })

  it('is pinned behind those that are, with its width, and let go in front of the others', () => {
    expect(change('state;handle,player:90', (layout) => withPin(layout, 'player', true))).toBe('state,player:90;handle')
    expect(change('state,player:90;handle', (layout) => withPin(layout, 'state', false))).toBe('player:90;state,handle')
    expect(change('state;handle', (layout) => withPin(layout, 'state', true))).toBe('state;handle')
  })

  it('goes step by step among its own, and no further', () => {
    expect(change(START, (layout) => withStep(layout, 'player', -1))).toBe('state,player,handle,idle')
    expect(change(START, (layout) => withStep(layout, 'player', 1))).toBe('state,handle,idle,player')
    expect(change('state,ip;handle,player', (layout) => withStep(layout, 'ip', 1))).toBe('state,ip;handle,player')
    expect(change('state,ip;handle,player', (layout) => withStep(layout, 'handle', -1))).toBe('state,ip;handle,player')
  })

  it('is put beside another one, and belongs to those it is put among', () => {
    expect(change(START, (layout) => withPlaceBeside(layout, 'idle', 'state', 'after'))).toBe(
      'state,idle,handle,player',
    )
    expect(change(START, (layout) => withPlaceBeside(layout, 'state', 'player', 'before'))).toBe(
      'handle,state,player,idle',
    )
    expect(change('state;handle,player', (layout) => withPlaceBeside(layout, 'player', 'state', 'before'))).toBe(
      'player,state;handle',
    )
    expect(change(START, (layout) => withPlaceBeside(layout, 'idle', 'idle', 'after'))).toBe(START)
    expect(change(START, (layout) => withPlaceBeside(layout, 'idle', 'ip', 'after'))).toBe(START)
  })

  it('has a width within bounds, or the product’s', () => {
    expect(change(START, (layout) => withWidth(layout, 'player', 219.6))).toBe('state,handle,player:220,idle')
    expect(change(START, (layout) => withWidth(layout, 'player', 3))).toBe(`state,handle,player:${WIDTH_MIN},idle`)
    expect(change('player:220;state', (layout) => withWidth(layout, 'player', null))).toBe('player;state')
  })
})
