import './globals.css'
import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { THEME_COOKIE, themeOf } from '#ui/theme.ts'

export const metadata: Metadata = { title: { default: 'Holdfast', template: '%s · Holdfast' } }
export const viewport: Viewport = { colorScheme: 'light dark' }

/** The theme is in a cookie, so that the first paint has it and no script needs to run before. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value)
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      data-theme={theme === 'system' ? undefined : theme}
    >
      <body>{children}</body>
    </html>
  )
}
