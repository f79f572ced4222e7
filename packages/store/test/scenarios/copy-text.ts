import type { SessionRecord } from '../../src/contracts/index.ts'

/** A session's copy as one text: two are equal where the texts are, whatever the order of their fields. */
export const copyText = (record: SessionRecord): string =>
  JSON.stringify(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)))
