import type { LiveTick } from '@holdfast/store/contracts'
import { headers } from 'next/headers'
import { consoleProcess } from './console-process.ts'
import type { PageFacts, Visitor } from './visitor.ts'
import { PLACE_HEADER, signInPathFrom } from './way-back.ts'

/** Who asks for this page; null for a stranger, and while the console is still starting. */
export async function visitor(): Promise<Visitor | null> {
  return (await consoleProcess()?.visitorOf(await headers())) ?? null
}

/** Where a stranger to this page is sent, to be brought back. */
export const signInPath = async (): Promise<string> => signInPathFrom((await headers()).get(PLACE_HEADER))

/** How everything stands, for the first paint; null while the console is still starting. */
export const firstTick = (): LiveTick | null => consoleProcess()?.tick() ?? null

/** Null while the console is still starting. */
export async function pageFacts(): Promise<PageFacts | null> {
  return consoleProcess()?.pageFactsFor(await headers()) ?? null
}
