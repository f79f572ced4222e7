/**
 * Starts the console's own side once, before the first request. It is loaded by Node from its TypeScript, not by the
 * bundler: see docs/adr/0010-console-process-runs-unbundled.md.
 */
export async function register(): Promise<void> {
  const { start }: typeof import('./server/boot.ts') = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ '@holdfast/web/server'
  )
  await start()
}
