/** A guard of the state layer, and the named test that must fail without it. */
export interface Guard {
  readonly name: string
  /** The file that holds it, from the root. */
  readonly file: string
  /** The guard's text, there exactly once, and what stands there when it is taken out. */
  readonly text: string
  readonly without: string
  readonly test: { readonly file: string; readonly name: string }
}

const SCENARIOS = 'packages/store/test/scenarios'

export const GUARDS: readonly Guard[] = [
  {
    name: 'wait-for-outputs',
    file: 'packages/store/src/write-behind/partition-flusher.ts',
    text: 'await batcher.acknowledged(batcher.position())',
    without: 'await Promise.resolve()',
    test: { file: `${SCENARIOS}/exactly-once.test.ts`, name: 'killed before its output is in Kafka' },
  },
  {
    name: 'number-check',
    file: 'packages/store/src/partition/apply-record.ts',
    text: "if (event.inputSequence <= session.inputSequence) return drop('repeat')",
    without: '',
    test: { file: `${SCENARIOS}/exactly-once.test.ts`, name: 'is applied once though its number comes twice' },
  },
  {
    name: 'fence',
    file: 'packages/store/src/redis/scripts/flush.lua',
    text: "if o[1] ~= ARGV[1] or o[2] ~= ARGV[2] then return {'fenced', o[1] or ''} end",
    without: '',
    test: { file: `${SCENARIOS}/fence.test.ts`, name: 'refuses whole what an older owner flushes' },
  },
  {
    name: 'tombstones',
    file: 'packages/store/src/partition/apply-record.ts',
    text: "if (dead) return drop('dead')",
    without: '',
    test: {
      file: `${SCENARIOS}/exactly-once.test.ts`,
      name: 'never comes back when it was closed before the snapshot',
    },
  },
  {
    name: 'store-watch',
    file: 'packages/store/src/connection-state-store.ts',
    text: 'if (life) life.owned.flushedOffset = -1 // something to flush: the answer says what to do',
    without: '',
    test: {
      file: `${SCENARIOS}/store-lost.test.ts`,
      name: 'is whole again in 5 s though nobody plays, whoever has left',
    },
  },
  {
    name: 'rolled-back',
    file: 'packages/store/src/redis/scripts/flush.lua',
    text: "if stored < tonumber(ARGV[5]) then return {'rolled-back', string.format('%.0f', stored)} end",
    without: '',
    test: { file: `${SCENARIOS}/store-lost.test.ts`, name: 'loses nothing under load, many flushes back' },
  },
  {
    name: 'second-witness',
    file: 'packages/store/src/gateways/witness.ts',
    text: '(await holderOf(slot)) !== gateway',
    without: 'true',
    test: { file: `${SCENARIOS}/gateways.test.ts`, name: 'leaves its sessions detached everywhere' },
  },
  {
    name: 'stored-before-said',
    file: 'packages/store/src/orders/reconcile.ts',
    text: "const isStored = planned.steps.some(isWrite) ? await parts.writes.store(session.sid) : 'stored'",
    without: "const isStored = 'stored' as string",
    test: {
      file: `${SCENARIOS}/commands.test.ts`,
      name: 'has one effect though the server is killed as soon as its result is known',
    },
  },
  {
    name: 'refused-for-good',
    file: 'packages/store/src/console/commands.ts',
    text: "records.conclude(request.id, 'refused', 'Kafka did not take it in time: nothing was done')",
    without: '',
    test: {
      file: `${SCENARIOS}/commands.test.ts`,
      name: 'is refused while Kafka is away, and nothing of it is done when it is back',
    },
  },
]
