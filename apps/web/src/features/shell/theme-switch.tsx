'use client'

import { useSyncExternalStore } from 'react'
import { Menu, MenuRadio } from '#ui/menu.tsx'
import { applyTheme, THEMES, type Theme, themeStore } from '#ui/theme.ts'

export const THEME_NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export const useTheme = (): Theme =>
  useSyncExternalStore(themeStore.subscribe, themeStore.read, themeStore.readOnServer)

export function ThemeSwitch() {
  const theme = useTheme()
  return (
    <Menu label="Light or dark" icon="theme" look="bare">
      {THEMES.map((each) => (
        <MenuRadio key={each} isChosen={each === theme} onChoose={() => applyTheme(each)}>
          {THEME_NAMES[each]}
        </MenuRadio>
      ))}
    </Menu>
  )
}
