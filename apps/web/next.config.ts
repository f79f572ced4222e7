import type { NextConfig } from 'next'

/** What every answer carries; the policy for scripts, which needs a nonce of its own each time, is in src/proxy.ts. */
const HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
  },
]

/** Chromium asks for the icon again at every change of the address; its own address names its content. */
const LASTING = 'public, max-age=31536000, immutable'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  headers: async () => [
    { source: '/:path*', headers: HEADERS },
    { source: '/icon.svg', headers: [{ key: 'Cache-Control', value: LASTING }] },
  ],
  // `npm run check` checks types, with the same compiler; a build must not take that time again.
  typescript: { ignoreBuildErrors: true, tsconfigPath: 'tsconfig.next.json' },
  // The repository's own files say how to work here; nothing is to be written beside them.
  agentRules: false,
  devIndicators: false,
}

export default config
