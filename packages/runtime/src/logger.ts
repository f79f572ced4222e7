import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

export type LoggerOptions = {
  /** The process; in each line as `name`. */
  name: string
  level?: LogLevel
  /** Where the lines go; standard output when not given. */
  destination?: DestinationStream
}

/** What must never be in a log, whoever logs it: secrets, where players connect from, and what they write. */
const REDACTED_KEYS = [
  'password',
  'secret',
  'token',
  'ip',
  'host',
  'line',
  'text',
  'cookie',
  'authorization',
  'databaseUrl',
  'redisUrl',
]

/** Keys are looked for at the top and this many levels below; log small objects, not whole sessions. */
const REDACTED_DEPTH = 3

function redactedPaths(): string[] {
  const prefixes = Array.from({ length: REDACTED_DEPTH + 1 }, (_, depth) => '*.'.repeat(depth))
  return [
    ...prefixes.flatMap((prefix) => REDACTED_KEYS.map((key) => prefix + key)),
    ...prefixes.map((prefix) => `${prefix}["set-cookie"]`.replace('.[', '[')),
  ]
}

/** A failed query carries its parameters, which are what players typed: neither they nor the message's tail are logged. */
function withoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack = '' } = error
  const [shown = ''] = message.split('\nparams:')
  const code = 'code' in error ? { code: error.code } : {}
  const cause = error.cause instanceof Error ? { cause: withoutParameters(error.cause) } : {}
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  return { type: name, message: shown, ...code, stack: frames.join('\n'), ...cause }
}

/**
 * JSON lines with ISO times. Written synchronously: the line that says why a process died must not die with it.
 * Redaction is by key, so player text belongs under a named key, never in the message.
 */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: withoutParameters },
    redact: { paths: redactedPaths(), censor: '[redacted]' },
  }
  return pino(options, destination ?? pino.destination({ fd: 1, sync: true }))
}
