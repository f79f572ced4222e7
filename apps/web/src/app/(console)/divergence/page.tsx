import type { Metadata } from 'next'
import { PageTitle } from '#ui/page-title.tsx'

export const metadata: Metadata = { title: 'Divergence' }

export default function DivergencePage() {
  return <PageTitle>Divergence</PageTitle>
}
