import '#ui/styles/play-page.css'
import type { AppProps } from 'next/app'

/** What `play.tsx` is shown in; the console's pages are in `app/`. */
export default function PlayApp({ Component, pageProps }: AppProps) {
  return <Component {...pageProps} />
}
