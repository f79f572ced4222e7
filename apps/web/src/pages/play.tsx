import type { GetServerSideProps } from 'next'
import Head from 'next/head'
import { PlayClient } from '#features/play/play-client.tsx'
import { consoleProcess } from '#server/console-process.ts'

interface PlayPageProps {
  /** Null while this process is still starting. */
  wsUrl: string | null
}

const VIEWPORT = 'width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content'
const SOON_S = '2'

export const getServerSideProps: GetServerSideProps<PlayPageProps> = async ({ req, res }) => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === 'string') headers.set(name, value)
  const facts = consoleProcess()?.pageFactsFor(headers)
  if (!facts) {
    res.statusCode = 503
    res.setHeader('Retry-After', SOON_S)
  }
  return { props: { wsUrl: facts?.wsUrl ?? null } }
}

/**
 * The players' client. It is Next's older kind of page, which brings 20 kB less before a line of ours: see
 * docs/adr/0014-play-is-a-page-of-the-pages-router.md.
 */
export default function PlayPage({ wsUrl }: PlayPageProps) {
  return (
    <>
      <Head>
        <title>Play · Holdfast</title>
        <meta name="viewport" content={VIEWPORT} />
      </Head>
      {wsUrl === null ? <NotReady /> : <PlayClient wsUrl={wsUrl} />}
    </>
  )
}

function NotReady() {
  return (
    <main className="play-plain">
      <h1>Holdfast</h1>
      <p>This page is still starting. Load it again in a moment.</p>
    </main>
  )
}
