import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Sessions' }

export default function SessionsPage() {
  return <PageTitle>Sessions</PageTitle>
}
