import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { commandLine } from './parent-death.ts'
import { programPath, providePrograms, type Say } from './programs.ts'
import { type Launched, launch, type Service, whenReady } from './service.ts'

export type ServiceOptions = {
  /** This service's own folder. */
  dataDir: string
  port: number
  /** Where its log goes. */
  logDir: string
  say?: Say
  /** It lives on when this process is killed, for its users to finish with; otherwise the kernel ends it (Linux). */
  outlivesUs?: boolean
}

const PROBE_TIMEOUT_MS = 1_000

/** What Redis says to PING; it says LOADING until its data are in memory. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'))
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy(new Error('no answer to PING')))
    socket.once('error', reject)
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer.toString().startsWith('+PONG'))
    })
    socket.once('close', () => resolve(false))
  })
}

export async function launchRedis(options: ServiceOptions): Promise<Launched> {
  const { dataDir, port, logDir, say = () => undefined, outlivesUs = false } = options
  await providePrograms(['redis'], say)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const settings: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(port),
    dir: dataDir,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    // The append-only file is what a restart reads; snapshots beside it would only cost a fork each.
    save: '',
    // A session's hash has some forty fields and stays compact; the index of a partition's sessions does not, since looking through
    // hundreds of entries for each would cost a flush as much as all the rest (Redis's own default is 512). The older name is known
    // to every version.
    'hash-max-ziplist-entries': '64',
    // Session state may not be thrown away in silence: a full Redis refuses writes, which is seen.
    'maxmemory-policy': 'noeviction',
    // After a power cut the file may end in half a command; the rest of it is good.
    'aof-load-truncated': 'yes',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  return launch({
    role: 'redis',
    ports: { redis: port },
    url: `redis://127.0.0.1:${port}`,
    command: commandLine(programPath('redis'), args, outlivesUs),
    logFile: join(logDir, 'redis-0.log'),
    probe: () => ping(port),
  })
}

/** A real Redis on loopback, ready when the promise resolves. After a kill it starts again on the same folder and port. */
export const startRedis = (options: ServiceOptions): Promise<Service> => whenReady(launchRedis(options))
