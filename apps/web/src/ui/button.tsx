'use client'

import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  look?: 'primary' | 'bare' | 'danger' | 'fill'
  size?: 'lg' | 's'
  icon?: IconName
  /** A key that does the same, shown beside the word. */
  shortcut?: string
  /** Why it does nothing now. It stays to be reached and read; the caller shows the reason in words too. */
  off?: string | null
  children?: ReactNode
}

export function Button(props: ButtonProps) {
  const { look, size, icon, shortcut, off = null, children, onClick, title, ...rest } = props
  const isOff = off !== null
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (isOff) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <button
      type="button"
      {...rest}
      className="btn"
      data-look={look}
      data-size={size}
      data-square={children === undefined ? '' : undefined}
      aria-disabled={isOff || undefined}
      title={off ?? title}
      onClick={press}
    >
      {icon && <Icon name={icon} size={children === undefined ? undefined : 's'} />}
      {children}
      {shortcut && <kbd className="kbd max-lg:hidden">{shortcut}</kbd>}
    </button>
  )
}
