'use client'

import { createContext, type ReactNode, useContext } from 'react'
import { useLive } from '#features/live/services.tsx'
import { LOCKED, usePreference } from '#features/preferences/preferences.ts'

/** Who is signed in, as far as pages need it. */
export interface Wizard {
  name: string
  dbref: string
  /** Why the console takes no commands of this session; null: it does. */
  readOnly: 'configured' | 'unconfirmed' | null
}

const WizardContext = createContext<Wizard | null>(null)

export function WizardProvider({ wizard, children }: { wizard: Wizard; children: ReactNode }) {
  return <WizardContext value={wizard}>{children}</WizardContext>
}

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext)
  if (!wizard) throw new Error('a page of the console is rendered without its wizard')
  return wizard
}

const READ_ONLY = {
  configured: 'This console is read-only.',
  unconfirmed: 'No game server has confirmed for long that you are a wizard. Commands are off until one does.',
} as const

/** Why no command can be given now, in words; null: they can. The server decides, this only says it beforehand. */
export function useCommandsOff(): string | null {
  const { readOnly } = useWizard()
  const [isLocked] = usePreference(LOCKED)
  const stream = useLive((state) => state.stream.kind)
  const isKafkaDown = useLive(({ tick }) => tick?.kafka.up === false)
  if (readOnly !== null) return READ_ONLY[readOnly]
  if (stream === 'signed-out') return 'You are signed out.'
  if (stream === 'offline') return 'This browser is offline.'
  if (isLocked) return 'Commands are locked in this browser. Unlock them in the top bar.'
  return isKafkaDown ? 'Kafka does not answer: without the audit nothing is done.' : null
}
