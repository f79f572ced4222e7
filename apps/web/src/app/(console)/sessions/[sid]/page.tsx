import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Session' }

export default async function SessionPage({ params }: { params: Promise<{ sid: string }> }) {
  const { sid } = await params
  return <PageTitle>Session {sid}</PageTitle>
}
