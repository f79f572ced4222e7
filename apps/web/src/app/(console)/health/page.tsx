import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Health' }

export default function HealthPage() {
  return <PageTitle>Health</PageTitle>
}
