import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default function SettingsPage() {
  return <PageTitle>Settings</PageTitle>
}
