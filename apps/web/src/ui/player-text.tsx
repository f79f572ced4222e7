import { visibleText } from './format/visible-text.ts'

/** What a player, a client or a name server wrote: shown as text that cannot turn, hide or imitate anything around it. */
export function PlayerText({ text, className }: { text: string; className?: string }) {
  return <bdi className={className}>{visibleText(text)}</bdi>
}
