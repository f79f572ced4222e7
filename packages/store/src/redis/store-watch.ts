import { randomUUID } from 'node:crypto'
import { type Clock, type Logger, messageOf } from '@holdfast/runtime'
import { openStore } from './bootstrap.ts'
import type { Redis } from './create-redis.ts'

const LOOK_MS = 1_000

export interface StoreWatch {
  /** Whether Redis answered at the last look. */
  readonly isUp: boolean
  readonly storeId: string | null
  close(): void
}

/**
 * Asks each second which store this is. Another storeId than before means that it was replaced or wiped: then
 * `onReplaced` (its owners write everything again). `onUnfit`: a store that this code must not touch.
 */
export function watchStore(options: {
  redis: Redis
  clock: Clock
  logger: Logger
  onReplaced: () => void
  onUnfit: (problem: string) => void
}): StoreWatch {
  const { redis, clock, logger, onReplaced, onUnfit } = options
  let isUp = false
  let storeId: string | null = null
  let asking = false

  const look = async (): Promise<void> => {
    const check = await openStore(redis, randomUUID())
    isUp = true
    if (check.kind === 'unfit') onUnfit(check.problem)
    else {
      const isOther = storeId !== null && storeId !== check.storeId
      storeId = check.storeId
      if (isOther) onReplaced()
    }
  }

  const lookOnce = (): void => {
    if (asking) return
    asking = true
    look()
      .catch((error: unknown) => {
        if (isUp) logger.warn({ error: messageOf(error) }, 'Redis does not answer; memory goes on, writes wait')
        isUp = false
      })
      .finally(() => {
        asking = false
      })
  }
  const timer = clock.setInterval(lookOnce, LOOK_MS)
  redis.on('ready', lookOnce)
  lookOnce()

  return {
    get isUp() {
      return isUp
    },
    get storeId() {
      return storeId
    },
    close: () => timer.cancel(),
  }
}
