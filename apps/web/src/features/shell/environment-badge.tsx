'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Which console this is: the machine's own, or the host it is reached by. */
export function EnvironmentBadge() {
  const host = useSyncExternalStore(
    never,
    () => window.location.hostname,
    () => null,
  )
  if (host === null) return null
  return <span className="env">{LOOPBACK.test(host) ? 'local' : host}</span>
}
