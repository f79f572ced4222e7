import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Command' }

export default async function CommandPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <PageTitle>Command {id}</PageTitle>
}
