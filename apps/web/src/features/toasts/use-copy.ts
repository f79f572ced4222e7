'use client'

import { useShortcut } from '#features/keyboard/keyboard.tsx'
import { useToast } from './toasts.tsx'

/** Puts a text on the clipboard and tells how that went. `what`: the thing in words, `the handle`. */
export function useCopy(): (text: string, what: string) => void {
  const toast = useToast()
  return (text, what) => {
    // Not there at all on a page that is neither HTTPS nor of this machine.
    const clipboard: Clipboard | undefined = navigator.clipboard
    const refuse = (): void => toast({ look: 'bad', text: `This browser does not let ${what} be copied.` })
    if (clipboard === undefined) return refuse()
    clipboard.writeText(text).then(() => toast({ look: 'plain', text: `Copied ${what}.` }), refuse)
  }
}

/** The link to what is shown, for somebody else; by the key too. `hrefOf`: what the address has, with what only this browser knows. */
export function useCopyLink(hrefOf: (address: URL) => string = ({ href }) => href): () => void {
  const copy = useCopy()
  const copyLink = (): void => copy(hrefOf(new URL(window.location.href)), 'the link')
  useShortcut('link', copyLink)
  return copyLink
}
