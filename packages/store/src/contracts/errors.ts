/**
 * Codes of what goes wrong, stable: logs, health and docs name them. `docs/failure-modes.md` tells what each means.
 */
export const ERROR_CODES = {
  REDIS_UNAVAILABLE: 'Redis did not answer in time or refused the write; memory is right and the write is retried',
  BREAKER_OPEN: 'writes to Redis have failed three times in a row; they wait until a probe succeeds',
  DEAD_LETTER: 'Redis refuses the fields of a session for good; they stay in memory until somebody decides',
  STORE_ROLLED_BACK: 'Redis has lost writes that it had acknowledged; the partition is written again from memory',
  STORE_REPLACED: 'another or an emptied Redis answers; everything is written again from memory',
  KAFKA_UNAVAILABLE: 'Kafka did not take a record yet; it is kept and sent again',
  FENCED: 'a newer owner holds the partition',
  DATA_GAP: 'the log no longer holds records that were to be replayed',
  POISON_RECORD: 'a record could not be applied twice in a row; it is a dead letter',
  RECORD_UNREADABLE: 'a stored session could not be read',
  SCHEMA_TOO_NEW: 'the store was written by a newer version of Holdfast',
  NO_FREE_SLOT: 'all 64 gateway slots are held',
  SLOT_LOST: 'another gateway incarnation holds this slot',
  PARTITION_STUCK: 'a partition made no progress though records wait',
} as const

export type ErrorCode = keyof typeof ERROR_CODES
