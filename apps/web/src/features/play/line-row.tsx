'use client'

import { Fragment, memo } from 'react'
import { Icon } from '#ui/icon.tsx'
import { segmentsOf } from './links.ts'
import { paintOf } from './paint.ts'
import type { Block, Line } from './scroll-back.ts'
import { PLAIN, type Run } from './text-style.ts'

/** Runs as text. Nothing in them becomes an element but by `paintOf` and `segmentsOf`. */
export function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map(({ text, style }, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the runs of a line never change places
    if (style === PLAIN) return <Fragment key={index}>{text}</Fragment>
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the same
      <span key={index} style={paintOf(style)}>
        {text}
      </span>
    )
  })
}

function Segments({ runs }: { runs: readonly Run[] }) {
  return segmentsOf(runs).map(({ href, runs: parts }, index) =>
    href === null ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change places
      <Runs key={index} runs={parts} />
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the same
        key={index}
        href={href}
        title={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        referrerPolicy="no-referrer"
      >
        <Runs runs={parts} />
      </a>
    ),
  )
}

function LineRow({ line: { kind, runs } }: { line: Line }) {
  if (kind === 'notice') {
    return (
      <p className="play-notice">
        <Icon name="info" size="s" />
        <Runs runs={runs} />
      </p>
    )
  }
  if (kind === 'own') {
    return (
      <p className="play-line" data-own="">
        <span aria-hidden="true">&gt; </span>
        <Runs runs={runs} />
      </p>
    )
  }
  return (
    <p className="play-line">
      <Segments runs={runs} />
    </p>
  )
}

/** Drawn again only where one of its lines is new. */
export const BlockRows = memo(function BlockRows({ block }: { block: Block }) {
  return (
    <div className="play-block">
      {block.lines.map((line) => (
        <LineRow key={line.id} line={line} />
      ))}
    </div>
  )
})
