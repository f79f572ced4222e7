import type { Metadata } from 'next'

export const metadata: Metadata = { title: 'Play' }

export default function PlayPage() {
  return (
    <main id="main" className="mx-auto max-w-[68ch] p-6">
      <h1>Play</h1>
      <p className="mt-3">Players connect by telnet. There is no client in the browser yet.</p>
    </main>
  )
}
