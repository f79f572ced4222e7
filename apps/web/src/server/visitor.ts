/** The wizard who is signed in. */
export interface Visitor {
  name: string
  dbref: string
  /** ISO; when this session ends at the latest. */
  expiresAt: string
  /** Commands are off: by HOLDFAST_CONSOLE_READONLY, or because nobody could confirm for long that this is still a wizard. */
  isReadOnly: boolean
}
