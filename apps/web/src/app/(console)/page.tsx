import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Overview' }

export default function OverviewPage() {
  return <PageTitle>Overview</PageTitle>
}
