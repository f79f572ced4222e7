import { readFileSync } from 'node:fs'
import { messageOf, systemClock } from '@holdfast/runtime'
import { openConsole } from '@holdfast/store'
import type { ShownEvent } from '@holdfast/store/contracts'
import { createLiveHub, type LiveHub, type LiveSource } from './live/live-hub.ts'
import { tickOf } from './live/tick-of.ts'
import type { ConsolePort } from './ports.ts'
import type { Parts } from './web.ts'

/** Readers of Kafka take a moment to let go; nothing is lost if they do not. */
const CLOSE_MS = 3_000

/** What the console shows. Both are null until it has been opened. */
export interface ReadModel {
  readonly console: ConsolePort | null
  readonly live: LiveHub | null
}

/**
 * Opens the read model, and the streams that tell of it. Nobody waits for it: who asks while Kafka is away is told so. One that
 * cannot be opened at all ends the process.
 */
export function startReadModel(parts: Parts, onEvent: (event: ShownEvent) => void): ReadModel {
  const { lifecycle, logger, metrics } = parts
  const opened: { console: ConsolePort | null; live: LiveHub | null } = { console: null, live: null }
  metrics.gauge('console_streams', 'Live streams that are open.', [], (gauge) => gauge.set(opened.live?.streams ?? 0))
  open(parts, opened, onEvent).catch((error: unknown) => {
    if (lifecycle.signal.aborted) return
    logger.fatal({ problem: messageOf(error) }, 'the read model cannot be opened')
    process.exitCode = 1
    void lifecycle.stop('the read model cannot be opened')
  })
  return opened
}

async function open(
  parts: Parts,
  opened: { console: ConsolePort | null; live: LiveHub | null },
  onEvent: (event: ShownEvent) => void,
): Promise<void> {
  const { config, lifecycle, logger, metrics, incarnation } = parts
  const { redisUrl, brokers, secret } = config
  const console = await lifecycle.acquire(
    'read model',
    () => openConsole({ redisUrl, brokers, secret, incarnation, clock: systemClock, logger, metrics, onEvent }),
    (part) => part.close(),
    { deadlineMs: CLOSE_MS },
  )
  opened.console = console
  const hub = {
    clock: systemClock,
    random: Math.random,
    epoch: incarnation,
    build: buildId(),
    source: sourceOf(console),
  }
  opened.live = await lifecycle.acquire(
    'streams',
    () => createLiveHub(hub),
    (part) => part.close(),
  )
  logger.info('the read model is open')
}

function sourceOf(console: ConsolePort): LiveSource {
  return {
    subscribe: (listener) => console.subscribe(listener),
    rev: () => console.status().rev,
    tick: () => tickOf(console, systemClock.now()),
  }
}

/** Names what browsers were served; a page of another build is to be loaded anew. */
function buildId(): string {
  try {
    return readFileSync(new URL('../../.next/BUILD_ID', import.meta.url), 'utf8').trim()
  } catch {
    return 'development' // `next dev` writes none
  }
}
