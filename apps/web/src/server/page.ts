import { headers } from 'next/headers'
import { consoleProcess } from './console-process.ts'
import type { Visitor } from './visitor.ts'

/** Who asks for this page; null for a stranger, and while the console is still starting. */
export async function visitor(): Promise<Visitor | null> {
  return (await consoleProcess()?.visitorOf((await headers()).get('cookie'))) ?? null
}
