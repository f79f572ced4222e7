import type { ReactNode } from 'react'
import { processName } from '#ui/format/process-name.ts'
import { PlayerText } from '#ui/player-text.tsx'
import { StateChip } from '#ui/state-chip.tsx'
import { Strand } from '#ui/strand.tsx'
import { type ColumnLayout, isPinned, placesOf } from './column-layout.ts'
import { driftedText, fieldsText } from './fields-text.ts'
import { ConnectedFor, IdleFor, LeftReason, UnknownReason } from './row-ages.tsx'
import type { KnownRow } from './session-list.ts'
import { type Answering, unreadCopies } from './source-facts.ts'

/** What a cell is drawn from beside its row. */
export interface CellFacts {
  answering: Answering
}

export interface Column {
  id: string
  label: string
  head?: ReactNode
  /** px; null for what is left. */
  width: number | null
  /** What the list is sorted by, by name; null: it is not. */
  sort: string | null
  isEnd?: boolean
  /** Left out below 1280; the first already below 1400, where hosts could not be read. */
  isLess?: boolean | 'first'
  /** Not there unless it is chosen. */
  isOptional?: boolean
  className?: string
  /** The words of a row's cell in an export. */
  text: (known: KnownRow) => string
  cell: (known: KnownRow, facts: CellFacts) => ReactNode
  /** Fields of the row whose change tints the cell. */
  of: readonly (keyof KnownRow['row'])[]
}

const strandHead = (
  <span className="strand-head" title="Gateway memory, server memory, Redis">
    <span>G</span>
    <span>S</span>
    <span>R</span>
  </span>
)

/** The class by which a column leaves where the window has no room for it. */
export const dropsAt = (isLess: Column['isLess']): string | undefined =>
  isLess === 'first' ? 'drops drops-first' : isLess ? 'drops' : undefined

/** Every column that the list can have, in the order of the product. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'state',
    label: 'State',
    width: 146,
    sort: 'state',
    className: 'cell-state',
    of: ['state', 'missingIn', 'status'],
    text: ({ row }) => row.state,
    cell: ({ row }) =>
      row.status === 'closed' ? (
        <LeftReason sid={row.sid} />
      ) : (
        <>
          <StateChip state={row.state} missingIn={row.missingIn} />
          {row.status === 'detached' && <span className="ml-1.5 text-xs text-text-3">Detached</span>}
        </>
      ),
  },
  {
    id: 'copies',
    label: 'Copies',
    head: strandHead,
    width: 60,
    sort: null,
    of: ['odd', 'status'],
    text: ({ row }) => row.odd.join(' '),
    cell: ({ row }, { answering }) =>
      row.status === 'closed' ? null : <Strand row={row} unread={unreadCopies(row, answering)} />,
  },
  {
    id: 'handle',
    label: 'Handle',
    width: 62,
    sort: 'handle',
    className: 'num',
    of: [],
    text: ({ row }) => String(row.handle),
    cell: ({ row }) => (row.handle === 0 ? <span className="text-text-3">none</span> : row.handle),
  },
  {
    id: 'player',
    label: 'Player',
    width: 164,
    sort: 'player',
    className: 'cell-player',
    of: ['player'],
    text: ({ row }) => (row.player ? `${row.player.name} ${row.player.dbref}` : ''),
    cell: () => null, // the row draws it: it is the link
  },
  {
    id: 'gateway',
    label: 'Gateway',
    width: 88,
    sort: 'gateway',
    className: 'mono',
    of: ['gateway'],
    text: ({ row }) => row.gateway,
    cell: ({ row }) => processCell(row.gateway),
  },
  {
    id: 'server',
    label: 'Server',
    width: 88,
    sort: 'server',
    className: 'mono',
    isLess: true,
    of: ['server'],
    text: ({ row }) => row.server ?? '',
    cell: ({ row }) => processCell(row.server),
  },
  {
    id: 'type',
    label: 'Type',
    width: 78,
    sort: 'type',
    className: 'dim',
    isLess: 'first',
    of: [],
    text: ({ row }) => row.transport,
    cell: ({ row }) => row.transport,
  },
  {
    id: 'host',
    label: 'Host',
    width: null,
    sort: 'host',
    className: 'mono',
    of: ['host'],
    text: ({ row }) => row.host,
    cell: ({ row }) => <PlayerText text={row.host} />,
  },
  {
    id: 'ip',
    label: 'IP',
    width: 132,
    sort: 'ip',
    className: 'mono',
    isOptional: true,
    of: [],
    text: ({ row }) => row.ip,
    cell: ({ row }) => row.ip,
  },
  {
    id: 'client',
    label: 'Client',
    width: 132,
    sort: 'client',
    isOptional: true,
    of: ['client'],
    text: ({ row }) => row.client ?? '',
    cell: ({ row }) => row.client !== null && <PlayerText text={row.client} />,
  },
  {
    id: 'connected',
    label: 'Connected',
    width: 82,
    sort: 'connected',
    isEnd: true,
    className: 'num',
    of: [],
    text: ({ row }) => row.connectedAt,
    cell: ({ row }) => <ConnectedFor at={row.connectedAt} />,
  },
  {
    id: 'idle',
    label: 'Idle',
    width: 54,
    sort: 'idle',
    isEnd: true,
    className: 'num cell-idle',
    of: [],
    text: ({ row }) => String(row.idleMs),
    cell: ({ row, at }) => <IdleFor idleMs={row.idleMs} at={at} />,
  },
  {
    id: 'pending',
    label: 'Pending',
    width: 66,
    sort: 'pending',
    isEnd: true,
    className: 'num',
    of: ['pending'],
    text: ({ row }) => String(row.pending),
    cell: ({ row }) => (row.pending === 0 ? <span className="text-text-3">0</span> : row.pending),
  },
  {
    id: 'drifted',
    label: 'Drifted fields',
    width: 176,
    sort: 'drift',
    isLess: true,
    of: ['drifted', 'state'],
    text: ({ row }) => driftedText(row),
    cell: (known) => driftedCell(known),
  },
]

function driftedCell(known: KnownRow): ReactNode {
  const { row } = known
  if (row.status === 'closed') return null
  if (row.state === 'unknown') return <UnknownReason row={row} />
  const text = driftedText(row)
  if (text === '') return null
  return (
    <span className="mono" title={text}>
      {row.drifted.length > 0 ? fieldsText(row.drifted) : text}
    </span>
  )
}

const processCell = (id: string | null): ReactNode =>
  id === null || id === '' ? <span className="text-text-3">none</span> : <span title={id}>{processName(id)}</span>

/** A letter of the table's mono type, and the padding of a cell, px. */
const LETTER_WIDTH = 7.25
const CELL_PADDING = 18
const PROCESS_WIDTH_MIN = 60
const PROCESSES = ['gateway', 'server']

/** The columns of a layout, from left to right. One that is pinned does not leave where there is no room. */
export function columnsIn(layout: ColumnLayout): readonly Column[] {
  return placesOf(layout).flatMap(({ id }) => {
    const column = COLUMNS.find((each) => each.id === id)
    if (!column) return []
    return [isPinned(layout, id) ? { ...column, isLess: false } : column]
  })
}

/** How wide they are, px; null: what is left. Those of processes by the longest name among them: names are not cut by us. */
export function widthsIn(layout: ColumnLayout, longestProcess: number): readonly (number | null)[] {
  const ofProcess = Math.max(PROCESS_WIDTH_MIN, Math.ceil(longestProcess * LETTER_WIDTH) + CELL_PADDING)
  return placesOf(layout).map(({ id, width }) => {
    if (width !== null) return width
    if (PROCESSES.includes(id)) return ofProcess
    return COLUMNS.find((each) => each.id === id)?.width ?? null
  })
}
