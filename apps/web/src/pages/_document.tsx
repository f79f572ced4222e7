import Document, { type DocumentContext, Head, Html, Main, NextScript } from 'next/document'
import { THEME_COOKIE, themeOf } from '#ui/theme.ts'

interface DocumentProps {
  nonce: string | undefined
  theme: string | undefined
}

/** The frame of `play.tsx`: the nonce that its policy has (proxy.ts), and the theme from the first paint on. */
export default class PlayDocument extends Document<DocumentProps> {
  static override async getInitialProps(context: DocumentContext) {
    const initial = await Document.getInitialProps(context)
    const { headers } = context.req ?? {}
    const policy = String(headers?.['content-security-policy'] ?? '')
    const theme = themeOf(cookieIn(headers?.cookie ?? '', THEME_COOKIE))
    return { ...initial, nonce: /'nonce-([^']+)'/.exec(policy)?.[1], theme: theme === 'system' ? undefined : theme }
  }

  override render() {
    const { nonce, theme } = this.props
    return (
      <Html lang="en" data-theme={theme}>
        <Head nonce={nonce}>
          <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        </Head>
        <body>
          <noscript>
            <p className="play-plain">This client needs JavaScript. Without it, play by telnet.</p>
          </noscript>
          <Main />
          <NextScript nonce={nonce} />
        </body>
      </Html>
    )
  }
}

const cookieIn = (cookies: string, name: string): string | undefined =>
  cookies
    .split('; ')
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1)
