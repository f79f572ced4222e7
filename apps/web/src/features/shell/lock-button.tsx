'use client'

import { LOCKED, usePreference } from '#features/preferences/preferences.ts'
import { Button } from '#ui/button.tsx'

/** The personal lock: takes commands out of reach, never what is shown. */
export function LockButton() {
  const [isLocked, setIsLocked] = usePreference(LOCKED)
  const label = isLocked ? 'Commands are locked. Unlock them' : 'Commands are on. Lock them'
  return (
    <Button
      look="bare"
      icon={isLocked ? 'lock' : 'unlock'}
      aria-pressed={isLocked}
      aria-label={label}
      title={label}
      onClick={() => setIsLocked(!isLocked)}
    />
  )
}
