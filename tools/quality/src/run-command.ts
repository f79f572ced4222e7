import { spawn } from 'node:child_process'
import { ROOT } from './workspace.ts'

export type CommandResult = { code: number; stdout: string; output: string }

/** Runs a command at the root, keeping what it writes. Past its deadline it is ended, with code 124. */
export function runCommand(command: string, args: readonly string[], deadlineMs: number): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, deadlineMs)
    const result = { stdout: '', output: '' }
    child.stdout.on('data', (chunk) => {
      result.stdout += chunk
      result.output += chunk
    })
    child.stderr.on('data', (chunk) => {
      result.output += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code: late ? 124 : (code ?? 1), ...result })
    })
  })
}
