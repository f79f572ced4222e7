import type { Metadata } from 'next'
import { AuditItemPage } from '#features/audit/audit-item-page.tsx'

export const metadata: Metadata = { title: 'Audit entry' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <AuditItemPage key={id} id={decodeURIComponent(id)} />
}
