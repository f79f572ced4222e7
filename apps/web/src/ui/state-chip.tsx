import type { Copy, State } from '@holdfast/store/contracts'
import { Icon } from './icon.tsx'
import { stateText } from './states.ts'

export interface StateChipProps {
  state: State
  missingIn?: readonly Copy[]
  /** Instead of the state's own word: `Drifted in 3 fields`. */
  text?: string
  /** Not at the start of a cell. */
  isSolo?: boolean
}

/** A state of now: shape, word and colour. */
export function StateChip({ state, missingIn = [], text, isSolo = false }: StateChipProps) {
  return (
    <span className="state" data-state={state} data-solo={isSolo || undefined}>
      <Icon name={state} />
      <span>{text ?? stateText(state, missingIn)}</span>
    </span>
  )
}

/** How a source stands that is no session: up, silent, down. */
export function SourceChip({
  state,
  text,
  isSolo = false,
}: {
  state: 'up' | 'unknown' | 'down'
  text: string
  isSolo?: boolean
}) {
  const look = { up: 'in-sync', unknown: 'unknown', down: 'down' } as const
  const icon = { up: 'in-sync', unknown: 'unknown', down: 'close' } as const
  return (
    <span className="state" data-state={look[state]} data-solo={isSolo || undefined}>
      <Icon name={icon[state]} />
      <span>{text}</span>
    </span>
  )
}
