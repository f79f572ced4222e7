import type { Metadata } from 'next'
import { SessionPage } from '#features/session/session-page.tsx'

export const metadata: Metadata = { title: 'Session' }

export default async function Page({ params }: { params: Promise<{ sid: string }> }) {
  const { sid } = await params
  return <SessionPage key={sid} sid={decodeURIComponent(sid)} />
}
