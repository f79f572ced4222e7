import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Audit entry' }

export default async function AuditEntryPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <PageTitle>Audit entry {id}</PageTitle>
}
