import type { ConsoleSession } from '@holdfast/store/contracts'

/** The wizard who asks for a page. */
export type Visitor = ConsoleSession

/** What a page, and what proxy.ts says about it, needs to know of this process. */
export interface PageFacts {
  /** Next's own tools evaluate code then. */
  isDevelopment: boolean
  /** Where the players' client connects to. */
  wsUrl: string
}
