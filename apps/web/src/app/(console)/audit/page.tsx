import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Audit' }

export default function AuditPage() {
  return <PageTitle>Audit</PageTitle>
}
