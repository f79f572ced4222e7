/**
 * What a page may load and do: nothing from elsewhere, no script that we did not write, no frame around it. React writes
 * `style` attributes on the server, which hold no text of players.
 */
export function contentPolicy(about: { nonce: string; isDevelopment: boolean; socket: string | null }): string {
  const { nonce, isDevelopment, socket } = about
  const origin = socket === null ? undefined : URL.parse(socket)
  return Object.entries({
    'default-src': "'self'",
    // Next's development tools evaluate what they have compiled.
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    'style-src': isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': `'self'${origin ? ` ${origin.protocol}//${origin.host}` : ''}`,
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
}
