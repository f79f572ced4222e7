'use client'

import { useRouter } from 'next/navigation'
import { errorText, isSignedOut } from '#features/api/api-error.ts'
import { signOutOrder } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { Icon } from '#ui/icon.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { PlayerText } from '#ui/player-text.tsx'
import { useWizard } from './wizard.tsx'

export function UserMenu({ onHelp, onCommands }: { onHelp: () => void; onCommands: () => void }) {
  const { name, dbref } = useWizard()
  const router = useRouter()
  const api = useApi()
  const toast = useToast()
  const signOut = async (): Promise<void> => {
    try {
      await api.ask(signOutOrder)
    } catch (error) {
      if (!isSignedOut(error)) {
        toast({ look: 'bad', text: `Still signed in: ${errorText(error)}. Sign out again.` })
        return
      }
    }
    window.location.assign('/login')
  }
  const text = (
    <>
      <PlayerText text={name} /> <span className="mono text-text-3 max-lg:hidden">{dbref}</span>
      <Icon name="down" size="xs" />
    </>
  )
  return (
    <Menu label="You" look="bare" text={text}>
      <MenuItem icon="audit" onChoose={onCommands}>
        Your commands
      </MenuItem>
      <MenuItem icon="settings" onChoose={() => router.push('/settings')}>
        Settings
      </MenuItem>
      <MenuItem icon="info" shortcut="?" onChoose={onHelp}>
        Keys
      </MenuItem>
      <hr />
      <MenuItem icon="boot" onChoose={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
