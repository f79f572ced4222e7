import type { Metadata } from 'next'
import { CommandPage } from '#features/commands/command-page.tsx'

export const metadata: Metadata = { title: 'Command' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <CommandPage key={id} id={decodeURIComponent(id)} />
}
