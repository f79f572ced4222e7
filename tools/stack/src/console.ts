import type { StackConfig } from './config.ts'
import { CONSOLE_DIR, NEXT } from './console-build.ts'
import type { CommandLine } from './parent-death.ts'
import type { Ports } from './service.ts'

/** Runs the console: what was built, or (`watch`) compiled as it is opened. */
export function consoleCommand({ host }: StackConfig, { http }: Ports, watch: boolean): CommandLine {
  const where = [CONSOLE_DIR, '--hostname', host, '--port', String(http)]
  return [process.execPath, NEXT, watch ? 'dev' : 'start', ...where]
}

/** Next's own switches. A built console ends itself on a signal, streams first; Next would wait for them for ever. */
export function nextEnvironment(watch: boolean): NodeJS.ProcessEnv {
  return {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: watch ? 'development' : 'production',
    ...(watch ? {} : { NEXT_MANUAL_SIG_HANDLE: '1' }),
  }
}

/** Pages that may open a gateway's WebSocket, where nobody has said: the console's own, by the names a browser has for it. */
export function originsOf({ host, probeHost, wsOrigins }: StackConfig, web: Ports | undefined): string {
  if (wsOrigins !== undefined) return wsOrigins
  if (web === undefined) return ''
  const names = new Set(
    ['localhost', '127.0.0.1', host, probeHost].filter((name) => name !== '0.0.0.0' && name !== '::'),
  )
  return [...names].map((name) => `http://${name.includes(':') ? `[${name}]` : name}:${web.http}`).join(',')
}
