import { encode } from '@holdfast/store'
import { describe, expect, it } from 'vitest'
import { connectionRig, outputRecord, sidOf, text } from '../testing/connection-rig.ts'
import { createOutbound } from './outbound.ts'

function outboundRig() {
  const rigs = [connectionRig({ number: 1 }), connectionRig({ number: 2 })] as const
  const dropped: string[] = []
  const receive = createOutbound((sid) => rigs.find(({ connection }) => connection.sid === sid)?.connection, {
    onDropped: (what) => dropped.push(what),
  })
  const give = (value: string | null) =>
    receive({ partition: 0, offset: 0, key: null, value: value === null ? null : Buffer.from(value) })
  const deliver = (record: Parameters<typeof outputRecord>[0]) => give(encode(outputRecord(record)))
  return { seen: rigs.map(({ seen }) => seen), dropped, give, deliver }
}

describe('createOutbound', () => {
  it('gives one speech to each of its listeners', () => {
    const { seen, dropped, deliver } = outboundRig()
    deliver({ to: [sidOf(1), sidOf(2)], data: [text('hi\n')] })
    expect(seen).toEqual([['hi\n'], ['hi\n']])
    expect(dropped).toEqual([])
  })

  it('drops what a former owner still says, by source partition', () => {
    const { seen, dropped, deliver } = outboundRig()
    deliver({ partition: 7, epoch: 5, offset: 1, data: [text('old owner\n')] })
    deliver({ partition: 7, epoch: 6, offset: 2, data: [text('new owner\n')] })
    deliver({ partition: 7, epoch: 5, offset: 3, data: [text('too late\n')] })
    deliver({ partition: 8, epoch: 2, offset: 0, data: [text('another partition\n')] })
    deliver({ partition: 7, epoch: 6, offset: 3, data: [text('in time\n')] })
    expect(seen[0]).toEqual(['old owner\n', 'new owner\n', 'another partition\n', 'in time\n'])
    expect(dropped).toEqual(['older-epoch'])
  })

  it('remembers a newer owner also from a record that was for nobody here', () => {
    const { seen, dropped, deliver } = outboundRig()
    deliver({ epoch: 6, to: [sidOf(9)], data: [text('x\n')] })
    deliver({ epoch: 5, offset: 1, data: [text('too late\n')] })
    expect(seen[0]).toEqual([])
    expect(dropped).toEqual(['no-connection', 'older-epoch'])
  })

  it('counts a listener that has gone, and still tells the others', () => {
    const { seen, dropped, deliver } = outboundRig()
    deliver({ to: [sidOf(9), sidOf(2)], data: [text('hi\n')] })
    expect(seen).toEqual([[], ['hi\n']])
    expect(dropped).toEqual(['no-connection'])
  })

  it.each([
    ['nothing', null],
    ['no JSON', 'x'],
    ['JSON of another kind', '{}'],
    ['another version', encode({ ...outputRecord(), v: 2 })],
    ['a part it does not know', encode({ ...outputRecord(), data: [{ kind: 'smell', text: 'x' }] })],
  ])('counts %s as unreadable and goes on', (_, value) => {
    const { seen, dropped, give, deliver } = outboundRig()
    give(value)
    deliver({ data: [text('still here\n')] })
    expect(dropped).toEqual(['unreadable'])
    expect(seen[0]).toEqual(['still here\n'])
  })
})
