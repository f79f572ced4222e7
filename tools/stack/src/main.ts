import { ConfigError, EXIT, messageOf } from '@holdfast/runtime'
import { runStack } from './run-stack.ts'
import { runWithDatabase } from './with-database.ts'

const [command, ...args] = process.argv.slice(2)
/** For tests of what has nothing to do with it: they need not build it. */
const withConsole = !args.includes('--without-console')

switch (command) {
  case 'start':
    await runStack({ watch: false, withConsole })
    break
  case 'dev':
    await runStack({ watch: true, withConsole })
    break
  case 'wizard-reset':
    process.exitCode = await runWithDatabase('apps/server/src/wizard-reset.ts', args).catch((error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`)
      return error instanceof ConfigError ? EXIT.config : EXIT.failed
    })
    break
  default:
    process.stderr.write('use: main.ts start | dev | wizard-reset <name>\n')
    process.exitCode = EXIT.usage
}
