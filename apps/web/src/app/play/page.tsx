import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Play' }

export default function PlayPage() {
  return (
    <main id="main">
      <h1>Play</h1>
    </main>
  )
}
