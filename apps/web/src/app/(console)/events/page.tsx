import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Events' }

export default function EventsPage() {
  return <PageTitle>Events</PageTitle>
}
