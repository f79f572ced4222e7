import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Role = 'gateway' | 'server' | 'web' | 'redis' | 'kafka' | 'postgres'

export type ProcessEntry = {
  role: string
  index: number
  pid: number
  ports: Record<string, number>
  startedAt: string
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isEntry(value: unknown): value is ProcessEntry {
  if (!isObject(value) || !isObject(value.ports)) return false
  const { role, index, pid, startedAt } = value
  return (
    typeof role === 'string' &&
    typeof index === 'number' &&
    typeof pid === 'number' &&
    typeof startedAt === 'string' &&
    Object.values(value.ports).every((port) => typeof port === 'number')
  )
}

/** What `<data dir>/run/processes.json` says. Throws where it is not as the contract has it. */
export function readProcesses(dataDir: string): ProcessEntry[] {
  const file: unknown = JSON.parse(readFileSync(join(dataDir, 'run/processes.json'), 'utf8'))
  const entries = isObject(file) ? file.processes : undefined
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new Error('processes.json is not as promised')
  return entries
}

/** Whether a process with this pid runs (a zombie counts as gone). */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    return !state.startsWith('Z')
  } catch {
    // No such file: no such process.
    return false
  }
}
