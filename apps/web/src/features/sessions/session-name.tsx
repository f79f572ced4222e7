import type { SessionRow, Sid } from '@holdfast/store/contracts'
import Link from 'next/link'
import { PlayerText } from '#ui/player-text.tsx'

interface SessionNameProps {
  sid: Sid
  /** Who it is, or was; undefined where that is not known. */
  row: Pick<SessionRow, 'player' | 'handle'> | undefined
}

/** A session in a list of something else: its player and handle; by its id where that is all there is. */
export function SessionName({ sid, row }: SessionNameProps) {
  return (
    <Link href={`/sessions/${sid}`} className="hover:underline">
      {row?.player ? (
        <>
          <PlayerText text={row.player.name} className="name" /> <span className="mono text-text-3">{row.handle}</span>
        </>
      ) : row ? (
        <>
          <span className="text-text-2">not logged in</span> <span className="mono text-text-3">{row.handle}</span>
        </>
      ) : (
        <span className="mono">{sid}</span>
      )}
    </Link>
  )
}
