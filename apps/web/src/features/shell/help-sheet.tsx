'use client'

import { useSyncExternalStore } from 'react'
import { keysText } from '#features/keyboard/key-matcher.ts'
import { useKeyboard } from '#features/keyboard/keyboard.tsx'
import { SHORTCUTS } from '#features/keyboard/shortcuts.ts'
import { SINGLE_KEYS_OFF, usePreference } from '#features/preferences/preferences.ts'
import { Dialog } from '#ui/dialog.tsx'

const never = () => () => undefined

/** Whether this is a machine whose Control is Command. */
export const useIsApple = (): boolean =>
  useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  )

/** Every key, made from the list that the keyboard itself listens by. Those of other pages are dim. */
export function HelpSheet({ onClose }: { onClose: () => void }) {
  const live = useKeyboard().live()
  const isApple = useIsApple()
  const [areSinglesOff] = usePreference(SINGLE_KEYS_OFF)
  const groups = [...new Set(SHORTCUTS.map(({ group }) => group))]
  return (
    <Dialog title="Keys" className="dialog" onClose={onClose}>
      {areSinglesOff && <p className="mb-3 text-text-2">Keys that are a single letter are off in Settings.</p>}
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group}>
            <h3 className="text-xs text-text-3">{group}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map(({ id, keys, label }) => (
                <div key={id} className="contents">
                  <dt>
                    {label}
                    {!live.has(id) && <span className="text-text-3"> (not here)</span>}
                  </dt>
                  <dd>
                    <kbd className="kbd">{keysText(keys[0], isApple)}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
