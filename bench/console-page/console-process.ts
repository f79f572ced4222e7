import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import { freePorts } from '@holdfast/stack'
import { createSeal, openSignInMirror } from '@holdfast/store'
import { sessionsSchema } from '@holdfast/store/contracts'
import { spawnScript } from '../../e2e/harness/child.ts'
import { type Browser, openBrowser } from '../../e2e/harness/console-client.ts'
import { nextEnvironment } from '../../tools/stack/src/console.ts'
import { provideConsole } from '../../tools/stack/src/console-build.ts'
import type { PublishedWorld } from './published-world.ts'

const READY_MS = 120_000
const STOP_MS = 10_000
const SIGNED_IN_MS = 3_600_000

export interface ConsoleProcess {
  readonly origin: string
  /** The cookie's value, of a wizard who is signed in. */
  readonly token: string
  /** The same wizard by HTTP alone. */
  readonly client: Browser
  stop(): Promise<void>
}

/** The console as it is shipped, built and started by Next, over a published world; resolves when it shows all of it. */
export async function startConsole({ services, dataDir, sessions }: PublishedWorld): Promise<ConsoleProcess> {
  await provideConsole((line) => console.log(`  ${line}`), join(dataDir, 'logs', 'console-build.log'))
  const [port = 0] = await freePorts(1)
  const secret = randomBytes(32).toString('hex')
  const token = await signIn(services.redis.url, secret)
  const args = ['start', 'apps/web', '--hostname', '127.0.0.1', '--port', String(port)]
  const env = { ...services.env, ...nextEnvironment(false), HOLDFAST_SECRET: secret }
  const child = spawnScript('node_modules/next/dist/bin/next', args, env)
  const client = openBrowser(port)
  const stop = async (): Promise<void> => {
    child.process.kill('SIGTERM')
    await child.exited(STOP_MS).catch(() => child.process.kill('SIGKILL'))
  }
  await waitUntil(
    async () => {
      // A console that has not reached Redis yet knows nobody, and takes the cookie away.
      client.cookie = `holdfast=${token}`
      const { total, items } = await client.read('/api/sessions?filter=state:in-sync&limit=1', sessionsSchema)
      return total === sessions.length && items.length === 1
    },
    { timeoutMs: READY_MS, everyMs: 200, what: `a console that has judged ${sessions.length} sessions` },
  ).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { origin: client.origin, token, client, stop }
}

/** No game runs that could say who is a wizard: the console finds the sign-in where one of an earlier run would be. */
async function signIn(redisUrl: string, secret: string): Promise<string> {
  const mirror = openSignInMirror({
    redisUrl,
    seal: createSeal(secret),
    onError: (error) => console.error(`  Redis: ${error.message}`),
  })
  const token = randomBytes(32).toString('base64url')
  const now = Date.now()
  const record = { dbref: '#1', name: 'Wizard', credentialEpoch: '1', since: now, seenAt: now, confirmedAt: now }
  const hash = createHash('sha256').update(token).digest('hex')
  await waitUntil(
    async () => {
      await mirror.put(hash, JSON.stringify(record), SIGNED_IN_MS) // rejects until it is connected
      return true
    },
    { what: 'a sign-in in Redis' },
  )
  mirror.close()
  return token
}
