import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Entry' }

export default async function EntryPage({ params }: { params: Promise<{ entry: string }> }) {
  const { entry } = await params
  return <PageTitle>Entry {entry}</PageTitle>
}
