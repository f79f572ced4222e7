import type { Metadata } from 'next'
import { EntryPage } from '#features/queues/entry-page.tsx'

export const metadata: Metadata = { title: 'Waiting write' }

export default async function Page({ params }: { params: Promise<{ entry: string }> }) {
  const { entry } = await params
  return <EntryPage id={decodeURIComponent(entry)} />
}
