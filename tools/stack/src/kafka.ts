import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { provideKafkaJars } from './kafka-jars.ts'
import { listedBrokers } from './kafka-probe.ts'
import { commandLine } from './parent-death.ts'
import { KAFKA_FILES_DIR } from './paths.ts'
import { freePorts } from './ports.ts'
import { javaPath, providePrograms } from './programs.ts'
import type { ServiceOptions } from './redis.ts'
import { runProgram } from './run-program.ts'
import { type Launched, launch, type Service, whenReady } from './service.ts'
import { StackError } from './stack-error.ts'

/** A second way in, for tests: it listens on `port` and sends clients to `advertisedPort`, where the test's proxy is. */
export type ExtraListener = { name: string; port: number; advertisedPort: number }

export type KafkaOptions = ServiceOptions & {
  extraListeners?: readonly ExtraListener[]
  /** Ports on which others will listen: none of them is taken for Kafka's own use. */
  promised?: ReadonlySet<number>
}

/** Measured: up in 2.2 s with 170-220 MB. A broker of this size gains nothing from the other collectors and compilers. */
const JVM_FLAGS = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true']

const FORMAT_TIMEOUT_MS = 60_000

function listenerSettings(
  port: number,
  controllerPort: number,
  extra: readonly ExtraListener[],
): Record<string, string> {
  const named = extra.map(({ name, ...ports }) => ({ name: name.toUpperCase(), ...ports }))
  const on = (name: string, listenPort: number) => `${name}://127.0.0.1:${listenPort}`
  const names = ['PLAINTEXT', 'CONTROLLER', ...named.map(({ name }) => name)]
  return {
    listeners: [
      on('PLAINTEXT', port),
      on('CONTROLLER', controllerPort),
      ...named.map((listener) => on(listener.name, listener.port)),
    ].join(','),
    'advertised.listeners': [
      on('PLAINTEXT', port),
      ...named.map((listener) => on(listener.name, listener.advertisedPort)),
    ].join(','),
    'listener.security.protocol.map': names.map((name) => `${name}:PLAINTEXT`).join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  }
}

/** Every setting but the listeners. What is not named here is Kafka's default. */
function brokerSettings(logDir: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'log.dirs': logDir,
    // A killed broker's old registration must expire before the new one counts: back after 4 s instead of 12.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '400',
    // Servers ask for short sessions, so that a killed one's partitions are taken over in less than two seconds.
    'group.min.session.timeout.ms': '500',
    'group.initial.rebalance.delay.ms': '0',
    // One node: nothing to copy to, and fewer files to open at the start.
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    // A topic made by a typing error would have the wrong partitions and settings, in silence.
    'auto.create.topics.enable': 'false',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'num.recovery.threads.per.data.dir': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'controlled.shutdown.enable': 'true',
  }
}

const asProperties = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

async function formatStorage(
  java: string,
  jvmArgs: readonly string[],
  logDir: string,
  properties: string,
): Promise<void> {
  if (existsSync(join(logDir, 'meta.properties'))) return
  // Never with a hyphen first, which the tool would take for an option.
  const clusterId = `H${randomBytes(16).toString('base64url').slice(1)}`
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', clusterId, '-c', properties]
  const { code, output } = await runProgram(java, [...jvmArgs, ...tool], { timeoutMs: FORMAT_TIMEOUT_MS })
  if (code !== 0) throw new StackError(`Kafka cannot format its folder ${logDir}: ${output.trim().slice(-500)}`)
}

export async function launchKafka(options: KafkaOptions): Promise<Launched> {
  const {
    dataDir,
    port,
    logDir,
    extraListeners = [],
    promised = [],
    say = () => undefined,
    outlivesUs = false,
  } = options
  await providePrograms(['java'], say)
  const java = javaPath()
  const jars = await provideKafkaJars(say)
  const taken = new Set([port, ...promised, ...extraListeners.map((listener) => listener.port)])
  const [controllerPort = 0] = await freePorts(1, taken)
  const storageDir = join(dataDir, 'log')
  const properties = join(dataDir, 'server.properties')
  mkdirSync(storageDir, { recursive: true, mode: 0o700 })
  mkdirSync(logDir, { recursive: true })
  const settings = { ...brokerSettings(storageDir), ...listenerSettings(port, controllerPort, extraListeners) }
  writeFileSync(properties, asProperties(settings))
  const classPath = join(jars, '*')
  const logArgs = [
    `-Dlog4j2.configurationFile=${join(KAFKA_FILES_DIR, 'log4j2.xml')}`,
    `-Dholdfast.kafka.log=${join(logDir, 'kafka.log')}`,
  ]
  const jvmArgs = [...JVM_FLAGS, ...logArgs, '-cp', classPath]
  await formatStorage(java, jvmArgs, storageDir, properties)
  return launch({
    role: 'kafka',
    ports: { kafka: port },
    url: `127.0.0.1:${port}`,
    command: commandLine(java, [...jvmArgs, 'kafka.Kafka', properties], outlivesUs),
    cwd: dataDir,
    // What only the JVM itself prints, such as a crash: Kafka's own lines go to kafka.log.
    logFile: join(logDir, 'kafka-0.log'),
    probe: async () => (await listedBrokers(port)) > 0,
  })
}

/** A real Kafka (one KRaft node) on loopback, ready when it lists itself. `url` is what `KAFKA_BROKERS` takes. */
export const startKafka = (options: KafkaOptions): Promise<Service> => whenReady(launchKafka(options))
