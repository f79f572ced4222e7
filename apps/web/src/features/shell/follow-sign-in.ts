import type { Clock } from '@holdfast/runtime/clock'

/** How often a page that is signed out looks whether it still is. */
export const LOOK_EVERY_MS = 3_000

export interface FollowSignInOptions<W> {
  /** Who is signed in by this browser's cookie; rejects where nobody is, or nobody can say. */
  ask: () => Promise<W>
  /** Called once: somebody is signed in again, in another tab. */
  onBack: (wizard: W) => void
  clock: Clock
  /** Nobody waits for a tab that is not looked at. */
  isSeen: () => boolean
}

/** Looks at once and then every few seconds whether the cookie, which all tabs share, has become good again. */
export function followSignIn<W>({ ask, onBack, clock, isSeen }: FollowSignInOptions<W>) {
  let isAsking = false
  let isOver = false

  const stop = (): void => {
    isOver = true
    timer.cancel()
  }

  const back = (wizard: W): void => {
    if (isOver) return
    stop()
    onBack(wizard)
  }

  const look = (): void => {
    if (isOver || isAsking || !isSeen()) return
    isAsking = true
    ask()
      .then(back, () => undefined) // signed out still: the dialog says so, and the next look comes
      .finally(() => {
        isAsking = false
      })
  }

  const timer = clock.setInterval(look, LOOK_EVERY_MS)
  look()
  return { look, stop }
}
