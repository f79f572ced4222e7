import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { processIdentity } from './process-identity.ts'
import type { Ports, Role } from './service.ts'

const entrySchema = z.object({
  role: z.enum(['gateway', 'server', 'web', 'redis', 'kafka', 'postgres']),
  index: z.int().nonnegative(),
  pid: z.int().positive(),
  ports: z.record(z.string(), z.int()),
  startedAt: z.string(),
  /** Tells the process from a later one with the same pid; see process-identity.ts. */
  identity: z.string().optional(),
})
const fileSchema = z.object({ processes: z.array(entrySchema) })

export type ProcessEntry = z.infer<typeof entrySchema>

/** `processes.json`: what runs now. Each change is on disk when the call returns, and readers see whole files only. */
export interface ProcessTable {
  put(entry: { role: Role; index: number; pid: number; ports: Ports; startedAt: Date }): void
  /** Removes the entry if it is still this pid's. */
  remove(role: Role, index: number, pid: number): void
}

/** The entries in the file; none when there is no file, or it is not one of ours. */
export function readProcessTable(file: string): ProcessEntry[] {
  if (!existsSync(file)) return []
  try {
    const parsed = fileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data.processes : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Starts the file anew, with no entries. */
export function createProcessTable(file: string): ProcessTable {
  const entries = new Map<string, ProcessEntry>()
  const write = (): void => {
    const part = `${file}.part`
    writeFileSync(part, `${JSON.stringify({ processes: [...entries.values()] }, null, 2)}\n`, { mode: 0o644 })
    renameSync(part, file)
  }
  mkdirSync(dirname(file), { recursive: true })
  write()
  return {
    put({ role, index, pid, ports, startedAt }) {
      const identity = processIdentity(pid)
      const entry = { role, index, pid, ports: { ...ports }, startedAt: startedAt.toISOString(), identity }
      entries.set(`${role}-${index}`, entry)
      write()
    },
    remove(role, index, pid) {
      if (entries.get(`${role}-${index}`)?.pid !== pid) return
      entries.delete(`${role}-${index}`)
      write()
    },
  }
}
