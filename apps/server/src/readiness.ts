import type { Check } from '@holdfast/runtime'
import type { StoreStatus } from '@holdfast/store'

/** What `/readyz` says of each thing that a server hangs on, told apart, in words for whoever looks. */

export function redisCheck({ redisUp, redisMs, breaker, dirty }: StoreStatus): Check {
  const waiting = `${dirty} ${dirty === 1 ? 'session waits' : 'sessions wait'} to be stored`
  if (!redisUp) return { ok: false, detail: `does not answer; ${waiting}` }
  const answer = redisMs === null ? 'answers' : `answers in ${Math.max(1, Math.round(redisMs))} ms`
  return { ok: true, detail: breaker === 'closed' ? answer : `${answer}; writes have failed, ${waiting}` }
}

export function kafkaCheck({ kafkaUp, kafkaBacklog, lag }: StoreStatus): Check {
  return {
    ok: kafkaUp,
    detail: `${kafkaUp ? '' : 'does not answer; '}${lag} records to apply, ${kafkaBacklog} to send`,
  }
}

export function postgresCheck(isAvailable: boolean): Check {
  return { ok: isAvailable, detail: isAvailable ? 'answers' : 'does not answer; the world cannot be changed' }
}

/** How many partitions that are not ready are named. */
const NAMED_MAX = 8

/** A server that shares with others may own none for a moment; one that was given some must be ready with them. */
export function partitionsCheck({ owned, unready, hasJoined }: StoreStatus): Check {
  if (!hasJoined) return { ok: false, detail: 'not in the group yet' }
  const named = unready.slice(0, NAMED_MAX).join(', ') + (unready.length > NAMED_MAX ? ', ...' : '')
  const which = unready.length === 0 ? '' : `: ${named}`
  return { ok: unready.length === 0, detail: `${owned.length} owned, ${unready.length} not ready${which}` }
}
