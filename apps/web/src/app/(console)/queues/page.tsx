import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Queues' }

export default function QueuesPage() {
  return <PageTitle>Queues</PageTitle>
}
