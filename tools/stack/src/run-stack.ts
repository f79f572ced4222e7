import { constants } from 'node:os'
import { ConfigError, createLifecycle, EXIT, messageOf, systemClock } from '@holdfast/runtime'
import { environment, readStackConfig } from './config.ts'
import type { Say } from './programs.ts'
import { stackLogger, startStack } from './stack.ts'
import type { Supervisor } from './supervisor.ts'
import { watchSources } from './watch.ts'

/** npm, turbo and the terminal may each deliver the same Ctrl-C; what comes this close together is one. */
const SAME_SIGNAL_MS = 700
const PART_DEADLINE_MS = 10_000

const say: Say = (line) => void process.stdout.write(`· ${line}\n`)

type Stopper = { stop: (reason: string) => Promise<void>; killNow: () => void }

function stopOnSignals({ stop, killNow }: Stopper): void {
  let firstAt: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = systemClock.monotonic()
        say('stopping (again: everything ends at once)')
        void stop(signal)
      } else if (systemClock.monotonic() - firstAt > SAME_SIGNAL_MS) {
        killNow()
        process.exit(128 + constants.signals[signal])
      }
    })
  }
  // bootstrap.mjs is gone: nobody is left to pass a Ctrl-C on.
  process.on('disconnect', () => void stop('the starter is gone'))
  process.channel?.unref()
}

/** `npm start`, or with `watch` `npm run dev`: runs until a signal. Exits 0 when it was asked to stop, 1 or 78 when it cannot start. */
export async function runStack({ watch, withConsole }: { watch: boolean; withConsole: boolean }): Promise<void> {
  const lifecycle = createLifecycle({ logger: stackLogger(), clock: systemClock, deadlineMs: PART_DEADLINE_MS })
  const started: { supervisor?: Supervisor } = {}
  stopOnSignals({ stop: (reason) => lifecycle.stop(reason), killNow: () => started.supervisor?.killNow() })
  try {
    const onSupervisor = (supervisor: Supervisor) => {
      started.supervisor = supervisor
    }
    const config = readStackConfig(environment(), { withConsole })
    const stack = await startStack({ config, watch, lifecycle, say, onSupervisor })
    process.stdout.write(`${stack.banner}\n`)
    if (watch) {
      const onChange = (roles: Parameters<Supervisor['restart']>[0]) =>
        stack.supervisor.restart(roles, 'sources changed')
      await lifecycle.acquire(
        'watch',
        () => watchSources(onChange, systemClock, say),
        (end) => end(),
      )
    }
  } catch (error) {
    if (!lifecycle.signal.aborted) {
      process.stderr.write(`${messageOf(error)}\n`)
      process.exitCode = error instanceof ConfigError ? EXIT.config : EXIT.failed
      await lifecycle.stop('could not start')
    }
  }
  await lifecycle.stopped
  process.exit()
}
