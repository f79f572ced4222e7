import type { GroupReader, GroupReaderHandlers } from '../kafka/group-reader.ts'
import type { Watermarks } from '../kafka/topics.ts'

/** The group of servers as this one sees it: the test lets it meet, beat and deliver. What was asked is noted. */
export interface FakeGroup extends GroupReader {
  readonly asked: string[]
  /** The group has met; the handlers run as they do between a join and the next fetch. */
  join(partitions: readonly number[], sameMember: boolean): void
  beat(): void
  deliver(partition: number, offsets: readonly number[]): boolean
  isFresh: boolean
  marks: Map<number, { low: number; high: number }>
  readonly waitsForHeartbeat: boolean
  readonly claim: ReturnType<GroupReaderHandlers['claim']> | undefined
}

export function fakeGroup(): FakeGroup {
  const asked: string[] = []
  const pausedNow = new Set<number>()
  let handlers: GroupReaderHandlers | undefined
  let waiters: (() => void)[] = []
  const group: FakeGroup = {
    asked,
    isFresh: true,
    marks: new Map(),
    get waitsForHeartbeat() {
      return waiters.length > 0
    },
    get claim() {
      return handlers?.claim()
    },
    join: (partitions, sameMember) => handlers?.onJoin(partitions, sameMember),
    beat() {
      const waiting = waiters
      waiters = []
      for (const resolve of waiting) resolve()
    },
    deliver: (partition, offsets) =>
      handlers?.onRecords(
        partition,
        offsets.map((offset) => ({ partition, offset, key: null, value: Buffer.from(`${offset}`) })),
      ) ?? false,
    start(given) {
      handlers = given
      return Promise.resolve()
    },
    seek: (partition, offset) => void asked.push(`seek ${partition} ${offset}`),
    pause(partitions) {
      for (const partition of partitions) {
        pausedNow.add(partition)
        asked.push(`pause ${partition}`)
      }
    },
    resume(partitions) {
      for (const partition of partitions) {
        pausedNow.delete(partition)
        asked.push(`resume ${partition}`)
      }
    },
    paused: () => [...pausedNow],
    isMembershipFresh: () => group.isFresh,
    nextHeartbeat: () => new Promise((resolve) => waiters.push(resolve)),
    watermarks: (): Promise<Watermarks> => Promise.resolve(new Map(group.marks)),
    rejoin: () => void asked.push('rejoin'),
    close: () => Promise.resolve(),
  }
  return group
}
