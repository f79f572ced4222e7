import { spawn } from 'node:child_process'
import { endWithUs } from './end-with-us.ts'

export type ProgramRun = { code: number | null; output: string }

export type RunOptions = {
  timeoutMs: number
  /** Written to its standard input, which is empty otherwise. */
  input?: string
  user?: { uid: number; gid: number }
  /** This process's own when not given. */
  env?: NodeJS.ProcessEnv
}

/** Enough for the reason of a failure. */
const OUTPUT_MAX = 8_000

/**
 * Runs a program to its end; `output` is the last of what it wrote. Never blocks the loop, on which the other services are
 * being started and watched. Rejects when it cannot be started.
 */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      ...options.user,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      stdio: 'pipe',
    })
    endWithUs(child)
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_MAX)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
  })
}
