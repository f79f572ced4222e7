'use client'

import { useRef } from 'react'
import { Icon } from '#ui/icon.tsx'
import { BlockRows, Runs } from './line-row.tsx'
import type { PlaySession, PlayView } from './play-session.ts'
import type { Bottom } from './use-bottom.ts'
import { useScreenSize } from './use-play-session.ts'

interface GameLogProps {
  screen: React.RefObject<HTMLDivElement | null>
  session: PlaySession
  view: PlayView
  bottom: Bottom
  /** Somebody else reads new lines out: the log itself is silent. */
  isSilent: boolean
}

/** What the game has said, oldest first, and the line that has not ended yet. */
export function GameLog({ screen, session, view, bottom, isSilent }: GameLogProps) {
  const ruler = useRef<HTMLSpanElement>(null)
  useScreenSize(session, screen, ruler)
  const { newBelow } = bottom
  return (
    <div className="play-frame">
      <div
        ref={screen}
        className="play-screen"
        role="log"
        aria-label="Game"
        aria-live={isSilent ? 'off' : 'polite'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keys
        tabIndex={0}
        onScroll={bottom.onScroll}
      >
        {view.scrollBack.blocks.map((block) => (
          <BlockRows key={block.id} block={block} />
        ))}
        {/* It grows and goes as the game writes on: read out when it is whole. */}
        <p className="play-line" aria-live="off" hidden={view.partial.length === 0}>
          <Runs runs={view.partial} />
        </p>
        <span ref={ruler} className="play-ruler" aria-hidden="true">
          0000000000
        </span>
      </div>
      {newBelow > 0 && (
        <button type="button" className="play-below" onClick={bottom.goToEnd}>
          {newBelow === 1 ? '1 new line below' : `${newBelow.toLocaleString('en')} new lines below`}
          <Icon name="down" size="s" />
        </button>
      )}
    </div>
  )
}
