import { findInPath } from './programs.ts'

/** A program and its arguments. */
export type CommandLine = readonly [string, ...string[]]

/**
 * Unless it may outlive us: the command that runs `command` so that the kernel ends it when this process is gone, however that comes about: a test
 * runner that is killed leaves no Kafka behind. Linux only; elsewhere the command as it is. It must be the innermost of
 * several wrappers, since entering a user namespace forgets it.
 */
export function commandLine(command: string, args: readonly string[], outlivesUs: boolean): CommandLine {
  if (outlivesUs) return [command, ...args]
  const setpriv = process.platform === 'linux' ? findInPath('setpriv') : undefined
  return setpriv === undefined ? [command, ...args] : [setpriv, '--pdeathsig', 'KILL', '--', command, ...args]
}
