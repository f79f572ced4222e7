import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts } from '@holdfast/stack'
import { z } from 'zod'

const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const START_MS = 40_000

const readinessSchema = z.object({
  status: z.enum(['ready', 'not-ready']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
})

export interface GatewayProcess {
  readonly telnetPort: number
  readonly httpPort: number
  /** All it has written, standard output and error together. */
  output(): string
  signal(signal: NodeJS.Signals): void
  /** What `/readyz` says; null where nobody answers. */
  readiness(): Promise<{ status: number; checks: Record<string, { ok: boolean }> } | null>
  /** The value of one metric line, by its name and labels as they stand in `/metrics`; 0 where there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
  /** Resolves with the exit code (null: by a signal) when the process is gone. */
  readonly exited: Promise<number | null>
  /** Ends it by force if need be. */
  stop(): Promise<void>
}

export interface GatewayEnvironment {
  REDIS_URL: string
  KAFKA_BROKERS: string
  HOLDFAST_SECRET: string
  HOLDFAST_WS_ORIGINS?: string
}

/** A gateway as it is shipped, in a process of its own; resolves when it says that it is ready. */
export async function startGatewayProcess(environment: GatewayEnvironment): Promise<GatewayProcess> {
  const [telnetPort = 0, httpPort = 0] = await freePorts(2)
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      ...environment,
      HOLDFAST_TELNET_PORT: String(telnetPort),
      HOLDFAST_HTTP_PORT: String(httpPort),
    },
    // The channel's end tells it that the test is gone: nothing is left behind by a run that was killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const url = `http://127.0.0.1:${httpPort}`
  const output = collect(child)
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)))

  const gateway: GatewayProcess = {
    telnetPort,
    httpPort,
    output,
    exited,
    signal: (signal) => void child.kill(signal),
    async readiness() {
      const response = await fetch(`${url}/readyz`).catch(() => null)
      return response && { status: response.status, checks: readinessSchema.parse(await response.json()).checks }
    },
    async metric(name, labels = {}) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      const line = text.split('\n').find((each) => each.startsWith(name) && wanted.every((part) => each.includes(part)))
      return Number(line?.split(' ').at(-1) ?? 0)
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await exited
      clearTimeout(timer)
    },
  }
  try {
    await waitUntil(async () => (await gateway.readiness())?.status === 200, {
      what: 'the gateway is ready',
      timeoutMs: START_MS,
    })
    return gateway
  } catch (error) {
    await gateway.stop()
    throw new Error(`the gateway did not start; it said:\n${output()}`, { cause: error })
  }
}

function collect(child: ChildProcess): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      output += text
    })
  }
  return () => output
}
