import { COPIES, type Copy, type SessionRow } from '@holdfast/store/contracts'
import { memo } from 'react'
import { COPY_WORDS } from './states.ts'
import { type StrandLink, type StrandNode, strandOf } from './strand-shape.ts'

const AT = [6, 22, 38] as const

/** Gateway memory, server memory, Redis: one node each, in a line of 44 x 12. */
export const Strand = memo(function Strand(props: {
  row: Pick<SessionRow, 'state' | 'missingIn' | 'odd' | 'status'>
  unread: readonly Copy[]
}) {
  const { nodes, links } = strandOf(props.row, props.unread)
  const words = COPIES.map((copy) => `${COPY_WORDS[copy]} ${NODE_WORDS[nodes[copy]]}`).join(', ')
  return (
    <svg className="strand" viewBox="0 0 44 12" role="img" aria-label={words}>
      <Link link={links[0]} from={AT[0]} />
      <Link link={links[1]} from={AT[1]} />
      {COPIES.map((copy, index) => (
        <Node key={copy} node={nodes[copy]} at={AT[index] ?? 0} />
      ))}
    </svg>
  )
})

const NODE_WORDS: Readonly<Record<StrandNode, string>> = {
  agrees: 'agrees',
  waits: 'waits for a write',
  differs: 'differs',
  missing: 'does not have it',
  unread: 'not read',
  alone: 'has it alone',
  none: 'does not have it',
}

function Link({ link, from }: { link: StrandLink; from: number }) {
  if (link === 'cut') return null
  if (link === 'joined') return <path d={`M${from + 3.5} 6h9`} stroke="var(--color-text-3)" />
  return <path d={`M${from + 4} 6h8`} stroke="var(--color-settling-fg)" strokeDasharray="1.5 2.5" />
}

function Node({ node, at }: { node: StrandNode; at: number }) {
  switch (node) {
    case 'agrees':
      return <circle cx={at} cy="6" r="2.8" fill="var(--color-text-3)" />
    case 'alone':
      return <circle cx={at} cy="6" r="2.8" fill="var(--color-ghost-fg)" />
    case 'waits':
      return <circle cx={at} cy="6" r="3.2" fill="none" stroke="var(--color-settling-fg)" strokeWidth="1.6" />
    case 'differs':
      return <path d={`M${at - 4.5} 6l4.5-4.5 4.5 4.5-4.5 4.5z`} fill="var(--color-drifted-fg)" />
    case 'missing':
      return (
        <circle
          cx={at}
          cy="6"
          r="3.8"
          fill="none"
          stroke="var(--color-missing-fg)"
          strokeWidth="1.4"
          strokeDasharray="2 1.4"
        />
      )
    case 'none':
      return <path d={`M${at - 2} 6h4`} stroke="var(--color-text-3)" />
    case 'unread':
      return (
        <>
          <rect
            x={at - 4.5}
            y="1.5"
            width="9"
            height="9"
            rx="1"
            fill="var(--color-unknown-bg)"
            stroke="var(--color-unknown-fg)"
          />
          <path
            d={`M${at - 4} 8.5l6.5-6.5M${at - 2.2} 10.2L${at + 4.2} 3.8M${at + 1.2} 10.2l3-3`}
            stroke="var(--color-unknown-fg)"
            strokeWidth="1.2"
          />
        </>
      )
  }
}
