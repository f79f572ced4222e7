'use client'

import { systemClock } from '@holdfast/runtime/clock'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { failureOf, failureText } from '#features/api/api-error.ts'
import { signInOrder, whoQuestion } from '#features/api/questions.ts'
import { useApi, useLive, useLiveStore } from '#features/live/services.tsx'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Icon } from '#ui/icon.tsx'
import { followSignIn } from './follow-sign-in.ts'
import { useWizard } from './wizard.tsx'

const REASONS = {
  'signed-out': 'You have signed out in another tab.',
  expired: 'Your session has ended.',
  revoked: 'Your session was ended: the character, its password or its powers have changed.',
} as const

/** To the sign-in, which leads back here. */
function leave(): void {
  const { pathname, search } = window.location
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`)
}

/** Over the page, which stays with everything in it, when the session ends during work. Another tab's sign-in closes it too. */
export function SignedOutDialog() {
  const stream = useLive((state) => state.stream)
  return stream.kind === 'signed-out' ? <SignInAgain reason={REASONS[stream.reason]} /> : null
}

function SignInAgain({ reason }: { reason: string }) {
  const { name } = useWizard()
  const [given, setGiven] = useState({ name, password: '' })
  const api = useApi()
  const live = useLiveStore()
  const queries = useQueryClient()
  const goOn = useCallback(
    (signedIn: { name: string }) => {
      // Another wizard has other rights and another name in the frame: the page is made anew.
      if (signedIn.name !== name) window.location.reload()
      live.resume()
      void queries.invalidateQueries()
    },
    [name, live, queries],
  )
  const signIn = useMutation({ mutationFn: () => api.ask(signInOrder(given)), onSuccess: goOn })
  useEffect(() => {
    const ask = () => api.ask(whoQuestion)
    const following = followSignIn({ ask, onBack: goOn, clock: systemClock, isSeen: () => !document.hidden })
    document.addEventListener('visibilitychange', following.look)
    window.addEventListener('focus', following.look)
    return () => {
      document.removeEventListener('visibilitychange', following.look)
      window.removeEventListener('focus', following.look)
      following.stop()
    }
  }, [api, goOn])
  const failure = failureOf(signIn.error)
  return (
    <Dialog title="Sign in again" onClose={leave}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <p className="text-text-2">{reason} The page and what is typed in it stay.</p>
        {failure && (
          <p className="sign-in-error" role="alert">
            <Icon name="close" />
            <span>{failureText(failure)}</span>
          </p>
        )}
        <label>
          <span className="label">Character name</span>
          <input
            className="input"
            data-size="lg"
            autoComplete="username"
            value={given.name}
            onChange={(event) => setGiven({ ...given, name: event.target.value })}
          />
        </label>
        <label>
          <span className="label">Password</span>
          <input
            className="input"
            data-size="lg"
            type="password"
            autoComplete="current-password"
            value={given.password}
            onChange={(event) => setGiven({ ...given, password: event.target.value })}
          />
        </label>
        <p className="flex justify-end">
          <Button look="primary" size="lg" type="submit" off={signIn.isPending ? 'On its way' : null}>
            Sign in
          </Button>
        </p>
      </form>
    </Dialog>
  )
}
